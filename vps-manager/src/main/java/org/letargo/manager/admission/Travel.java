package org.letargo.manager.admission;

import org.letargo.hook.protocol.ArrivalReport;
import org.letargo.hook.protocol.DepartureReport;
import org.letargo.manager.peer.HostFacts;

/**
 * All that is known of a VPS that may move.
 *
 * @param source the host where it is
 * @param vps what it needs
 * @param target the host that it may go to; says of itself what it likes
 * @param seat what that host has for it
 */
record Travel(HostFacts source, DepartureReport vps, HostFacts target, ArrivalReport seat) {}
