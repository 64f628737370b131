/**
 * Checkpoints in a chunk store, so that the next one costs what changed.
 *
 * <p>{@link org.letargo.archive.checkpoint.CheckpointStore} is the front: it begins {@link
 * org.letargo.archive.checkpoint.CheckpointWriter}s, opens {@link
 * org.letargo.archive.checkpoint.StoredCheckpoint}s, forgets, tells what is reachable and what
 * damage hits. Each file of a checkpoint is a recipe; a manifest names their roots, and is all that
 * makes a checkpoint exist. docs/design/007-store.md draws the whole.
 */
package org.letargo.archive.checkpoint;
