/**
 * Whether a running VPS can be suspended: {@link org.letargo.hook.preflight.Preflight} looks at it
 * without stopping anything and says what stands in the way.
 *
 * <p>A look is one pass over /proc (proc(5)), kept as a {@link org.letargo.hook.preflight.Scene}:
 * processes, their descriptors and mappings, mounts and sockets. Then each {@link
 * org.letargo.hook.preflight.Check} searches the scene for the obstacles of one kind of resource;
 * the list of checks is the list of what the engine cannot save or saves only when it is told how.
 * What the engine itself looks at is in its sources; where a check follows them it says which file.
 *
 * <p>Everything read here was written by programs of the VPS, who may be hostile: names are made
 * printable in {@link org.letargo.hook.protocol.Obstacle}, lists are cut, nothing is opened by a
 * path of theirs that could lead elsewhere or could block.
 */
package org.letargo.hook.preflight;
