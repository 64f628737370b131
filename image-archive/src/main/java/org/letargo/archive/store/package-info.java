/**
 * The store: checkpoints kept as chunks under the hash of their content, so that the next one costs
 * what changed. {@link org.letargo.archive.store.ChunkStore} keeps chunks; docs/design/007-store.md
 * draws the whole.
 */
package org.letargo.archive.store;
