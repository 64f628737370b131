/**
 * Whether a VPS can move to a peer, told before anything is touched: {@link
 * org.letargo.manager.admission.CheckMigration} asks both hosts, {@link
 * org.letargo.manager.admission.Admission} judges what they say and does nothing else. It reserves
 * nothing: what is free now may be taken when the VPS comes, and is refused then.
 */
package org.letargo.manager.admission;
