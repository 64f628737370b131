package org.letargo.archive.checkpoint;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.letargo.archive.recipe.Recipe;
import org.letargo.archive.recipe.RecipeCursor;
import org.letargo.archive.recipe.RecipeItem;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkStore;

/** What files are made of, for tests that damage it. */
final class ChunkIds {
  private ChunkIds() {}

  /** The chunks of a file's content, in their order. */
  static Set<ChunkId> of(ChunkStore chunks, CheckpointManifest manifest, String path)
      throws IOException {
    CheckpointFile file = manifest.file(path).orElseThrow();
    Set<ChunkId> ids = new LinkedHashSet<>();
    RecipeCursor cursor = Recipe.of(chunks::read, file.rootId(), file.sizeBytes()).begin();
    while (cursor.next()) {
      if (cursor.item() instanceof RecipeItem.Chunk chunk) {
        ids.add(chunk.id());
      }
    }
    return ids;
  }
}
