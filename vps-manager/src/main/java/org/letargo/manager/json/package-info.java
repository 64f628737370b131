/** The API's JSON: {@link org.letargo.manager.json.ApiJson}, and errors as they look in it. */
package org.letargo.manager.json;
