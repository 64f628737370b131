package org.letargo.archive.diff;

import org.letargo.archive.criu.CriuSocket;

/**
 * A socket that only one of two checkpoints has.
 *
 * @param isNew whether it is the later one
 */
public record SocketChange(boolean isNew, CriuSocket socket) {}
