package org.letargo.archive.checkpoint;

/**
 * A file of a checkpoint that cannot be read as it was written.
 *
 * @param checkpoint the checkpoint's id
 * @param path the file's path; {@code manifest.json} if it is the manifest itself
 * @param why for people
 */
public record Damage(String checkpoint, String path, String why) {}
