/**
 * Recipes: how the content of one file is put together from chunks, runs of zeros and literal
 * bytes. A recipe may be long, so it is a tree whose nodes are chunks themselves; the id of the top
 * node, the <em>root</em>, names the whole content.
 *
 * <p>{@link org.letargo.archive.recipe.RecipeWriter} makes one from items in order, {@link
 * org.letargo.archive.recipe.Recipe} reads one from any offset. Nodes may come from a stranger:
 * every length is checked before it is used. docs/archive-format.md has the bytes.
 */
package org.letargo.archive.recipe;
