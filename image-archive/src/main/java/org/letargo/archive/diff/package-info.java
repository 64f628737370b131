/**
 * What is different between two checkpoints: processes, sockets, memory, files. Nothing is read but
 * small images, headers and recipes: which pages and which contents are the same, the names of
 * their chunks tell. Start at {@link org.letargo.archive.diff.CheckpointDiff}.
 */
package org.letargo.archive.diff;
