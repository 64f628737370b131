package org.letargo.hook.protocol;

import java.time.Instant;

/**
 * A checkpoint in the store.
 *
 * @param takenAt when everything stood still
 * @param memory bytes of memory pages in it
 * @param size all its bytes on disk
 */
public record CheckpointReport(CheckpointId id, Instant takenAt, DataSize memory, DataSize size) {}
