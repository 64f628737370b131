package org.letargo.archive.checkpoint;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.recipe.Recipe;
import org.letargo.archive.recipe.RecipeItem;
import org.letargo.archive.store.ChunkException;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkStore;

/**
 * Tells what checkpoints need. What they share is walked over once: a thousand checkpoints cost
 * what is different in them. For one thread.
 */
final class LiveWalk {
  /** 64 MiB of heap at most; beyond that some nodes are walked over again. */
  private static final int MAX_REMEMBERED = 500_000;

  private final ChunkStore chunks;
  private final Set<ChunkId> walked = new HashSet<>();

  LiveWalk(ChunkStore chunks) {
    this.chunks = chunks;
  }

  void mark(CheckpointManifest manifest, Consumer<ChunkId> keep) throws IOException {
    for (CheckpointFile file : manifest.files()) {
      try {
        Recipe.of(chunks::read, file.rootId(), file.sizeBytes()).walk(visitor(keep));
      } catch (ChunkException | ArchiveException e) {
        throw ArchiveException.corrupt(
            "checkpoint " + manifest.checkpoint().id() + " is damaged at '" + file.path() + "'",
            e.getMessage(),
            e);
      }
    }
  }

  private Recipe.Visitor visitor(Consumer<ChunkId> keep) {
    return new Recipe.Visitor() {
      @Override
      public boolean enter(ChunkId node) {
        keep.accept(node);
        return !walked.contains(node);
      }

      @Override
      public void item(RecipeItem item) {
        if (item instanceof RecipeItem.Chunk chunk) {
          keep.accept(chunk.id());
        }
      }

      @Override
      public void leave(ChunkId node) {
        if (walked.size() < MAX_REMEMBERED) {
          walked.add(node);
        }
      }
    };
  }
}
