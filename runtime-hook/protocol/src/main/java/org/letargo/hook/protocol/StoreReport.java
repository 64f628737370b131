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
 * @param encrypted whether it is encrypted
 */
public record StoreReport(
    int checkpoints,
    long chunks,
    DataSize content,
    DataSize stored,
    DataSize dead,
    DataSize budget,
    boolean encrypted) {}
