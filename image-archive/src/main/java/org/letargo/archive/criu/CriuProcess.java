package org.letargo.archive.criu;

/**
 * A process in a checkpoint, with ids as the VPS sees them.
 *
 * @param pid of the process
 * @param parentPid 0 for the first process
 * @param sessionId of its session
 * @param threads how many it has, 1 at least; 0 for a dead one not yet reaped
 * @param name as {@code ps} shows it; the program's choice, any text
 */
public record CriuProcess(int pid, int parentPid, int sessionId, int threads, String name) {}
