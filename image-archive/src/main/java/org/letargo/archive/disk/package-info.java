/**
 * The disk changes of a VPS: what its overlay's upper directory holds, as {@code rootfs-diff.tar}
 * and {@code deleted.files} of a checkpoint.
 *
 * <p>{@link org.letargo.archive.disk.DiskChangesWriter} saves an upper directory, {@link
 * org.letargo.archive.disk.DiskChangesReader} makes one from a checkpoint and trusts nothing in it.
 * Ids are stored as the VPS sees them; {@link org.letargo.archive.disk.IdRange} shifts them. What
 * the JDK cannot ask of the kernel goes through {@link org.letargo.archive.disk.FileSystemCalls}.
 *
 * <p>File names are bytes on Linux. Here a <em>raw</em> string holds one byte per character, so
 * that a name that is no UTF-8 survives; see {@link org.letargo.archive.disk.RawPaths}.
 */
package org.letargo.archive.disk;
