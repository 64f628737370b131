package org.letargo.archive.disk;

/**
 * A file, whatever its names.
 *
 * @param device number of the file system, as {@code stat} has it
 * @param inode its number there
 */
public record FileId(long device, long inode) {}
