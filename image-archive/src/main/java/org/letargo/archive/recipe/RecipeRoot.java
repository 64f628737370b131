package org.letargo.archive.recipe;

import org.letargo.archive.store.ChunkId;

/**
 * A recipe that has been written.
 *
 * @param id of its top node: names the whole content
 * @param sizeBytes of the content
 * @param recipeBytes of all its nodes as they stand in an archive, each behind its length
 */
public record RecipeRoot(ChunkId id, long sizeBytes, long recipeBytes) {}
