package org.letargo.archive.store.pack;

/**
 * How large a store is.
 *
 * @param packs files of chunks
 * @param chunks that can be read
 * @param contentBytes their content
 * @param storedBytes what the packs take on the disk
 * @param deadBytes of these, what belongs to no chunk: copies that are used no more, torn ends
 * @param maxBytes what the packs may take
 * @param roomBytes what may still come before the store or its disk is full; 0 or more
 */
public record StoreStat(
    long packs,
    long chunks,
    long contentBytes,
    long storedBytes,
    long deadBytes,
    long maxBytes,
    long roomBytes) {}
