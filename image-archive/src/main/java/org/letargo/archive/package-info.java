/**
 * Checkpoints as directories and as portable archive files.
 *
 * <p>A <em>checkpoint directory</em> holds one checkpoint in the store: CRIU's image files, the
 * disk changes, and a {@link org.letargo.archive.Manifest} that names and hashes all of it. {@link
 * org.letargo.archive.CheckpointDirectory} seals and verifies it. An <em>archive</em> is the same
 * tree as one file: {@link org.letargo.archive.ArchiveWriter} makes it, {@link
 * org.letargo.archive.ArchiveReader} reads it back and trusts nothing in it. The bytes are
 * described in docs/archive-format.md.
 *
 * <p>Package {@code disk} saves and applies the disk changes of a VPS, package {@code criu} reads
 * CRIU's image files. This module knows nothing of hooks, managers or configuration; it never logs
 * and calls the kernel only through the JDK and {@link org.letargo.archive.disk.FileSystemCalls}.
 */
package org.letargo.archive;
