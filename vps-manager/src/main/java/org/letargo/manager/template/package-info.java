/** What VPSes start from: listing, building and adding templates. */
package org.letargo.manager.template;
