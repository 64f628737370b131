/**
 * The VPSes of this host and what is kept of them on disk: {@link org.letargo.hook.vps.Vpses} has
 * all, {@link org.letargo.hook.vps.Vps} is one, with the right to change it, {@link
 * org.letargo.hook.vps.VpsFolder} knows where its things lie.
 */
package org.letargo.hook.vps;
