/** Bridge, cables and firewall: {@link org.letargo.hook.network.VpsNetwork}. */
package org.letargo.hook.network;
