/** The host, as the hook found it, with what the manager adds. */
package org.letargo.manager.host;
