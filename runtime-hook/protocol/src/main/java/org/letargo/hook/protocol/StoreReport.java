package org.letargo.hook.protocol;

/**
 * The store of a host.
 *
 * @param checkpoints how many it keeps
 * @param chunks how many different pieces they are made of
 * @param content what all checkpoints would take if each were kept alone
 * @param stored what the store takes on disk
 * @param dead how much of that nothing needs any more; a collection gives it back
 * @param budget what it may take; zero: as much as the disk has
 * @param room what may still come before the store or its disk is full
 * @param encrypted whether it is encrypted
 * @param zstdLevel how hard what comes is compressed
 * @param frozenBuffer memory of a VPS that may be held while it stands still
 */
public record StoreReport(
    int checkpoints,
    long chunks,
    DataSize content,
    DataSize stored,
    DataSize dead,
    DataSize budget,
    DataSize room,
    boolean encrypted,
    int zstdLevel,
    DataSize frozenBuffer) {}
