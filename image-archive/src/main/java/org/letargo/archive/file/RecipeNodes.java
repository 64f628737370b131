package org.letargo.archive.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.letargo.archive.recipe.Recipe;
import org.letargo.archive.recipe.RecipeItem;
import org.letargo.archive.recipe.RecipeNode;
import org.letargo.archive.store.ChunkId;

/** Recipes as they travel: all nodes, each behind its length, parents before children. */
final class RecipeNodes {
  private RecipeNodes() {}

  /**
   * Writes them.
   *
   * @return how many chunks the recipe names, each as often as it does
   */
  static long write(Recipe recipe, OutputStream out) throws IOException {
    long[] chunks = {0};
    recipe.walk(
        new Recipe.Visitor() {
          @Override
          public boolean enter(ChunkId id) {
            return true;
          }

          @Override
          public void node(RecipeNode node) throws IOException {
            ByteBuffer bytes = node.bytes();
            byte[] content = new byte[bytes.remaining()];
            bytes.get(content);
            out.write(TransferFormat.length(content.length));
            out.write(content);
          }

          @Override
          public void item(RecipeItem item) {
            if (item instanceof RecipeItem.Chunk) {
              chunks[0]++;
            }
          }
        });
    return chunks[0];
  }
}
