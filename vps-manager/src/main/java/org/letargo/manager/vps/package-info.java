/**
 * VPSes as the manager sees them. {@link org.letargo.manager.vps.VpsRegistry} holds what the hook
 * tells ({@link org.letargo.manager.vps.VpsWatcher}) and which operation claims which VPS; {@link
 * org.letargo.manager.vps.ChangeVps} begins changes. {@link org.letargo.manager.vps.VpsState} says
 * which are legal.
 */
package org.letargo.manager.vps;
