/**
 * Checkpoints, in a store and as portable archive files. What is the same for both lies here; its
 * bytes are described in docs/archive-format.md.
 *
 * <p>Package {@code store} keeps chunks, {@code recipe} says how files are put together from them,
 * {@code checkpoint} keeps checkpoints so, and {@code file} makes one file of one and reads it
 * back, trusting nothing in it.
 *
 * <p>Package {@code disk} saves and applies the disk changes of a VPS, package {@code criu} reads
 * CRIU's image files. This module knows nothing of hooks, managers or configuration; it never logs
 * and calls the kernel only through the JDK and {@link org.letargo.archive.disk.FileSystemCalls}.
 */
package org.letargo.archive;
