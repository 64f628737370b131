package org.letargo.hook.change;

import org.letargo.hook.loan.LentWindows;
import org.letargo.hook.protocol.TimelineEntry;

/**
 * A VPS that stands still so that it can go on elsewhere.
 *
 * @param state the checkpoint of all but its private memory; in no timeline
 * @param windows that memory
 */
public record Lent(TimelineEntry state, LentWindows windows) {}
