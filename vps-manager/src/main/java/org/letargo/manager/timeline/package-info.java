/**
 * The history of each VPS: its checkpoints with their parents and "you are here". {@link
 * org.letargo.manager.timeline.Checkpoints} looks and finds the one that somebody means, {@link
 * org.letargo.manager.timeline.ChangeTimeline} and {@link org.letargo.manager.timeline.CloneVps}
 * begin what takes time. The history itself is with the hook; nothing of it is kept here.
 */
package org.letargo.manager.timeline;
