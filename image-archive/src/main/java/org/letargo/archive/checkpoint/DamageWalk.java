package org.letargo.archive.checkpoint;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.recipe.Recipe;
import org.letargo.archive.recipe.RecipeItem;
import org.letargo.archive.store.ChunkException;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkStore;

/** Finds the files that damage hits. What is whole and shared is walked over once. */
final class DamageWalk {
  private static final int MAX_REMEMBERED = 500_000;

  private final ChunkStore chunks;
  private final Predicate<ChunkId> damaged;
  private final Consumer<Damage> found;
  private final Set<ChunkId> whole = new HashSet<>(); // nodes beneath which there is no damage

  DamageWalk(ChunkStore chunks, Predicate<ChunkId> damaged, Consumer<Damage> found) {
    this.chunks = chunks;
    this.damaged = damaged;
    this.found = found;
  }

  /** Ends the walk over a file: one damage is enough. */
  private static final class Hit extends IOException {
    private static final long serialVersionUID = 1L;

    Hit(String why) {
      super(why);
    }
  }

  void check(CheckpointManifest manifest) throws IOException {
    for (CheckpointFile file : manifest.files()) {
      try {
        Recipe.of(chunks::read, file.rootId(), file.sizeBytes()).walk(new Visitor());
      } catch (Hit | ChunkException | ArchiveException e) {
        found.accept(new Damage(manifest.checkpoint().id(), file.path(), e.getMessage()));
      }
    }
  }

  private final class Visitor implements Recipe.Visitor {
    @Override
    public boolean enter(ChunkId node) throws Hit {
      require(node);
      return !whole.contains(node);
    }

    @Override
    public void item(RecipeItem item) throws Hit {
      if (item instanceof RecipeItem.Chunk chunk) {
        require(chunk.id());
      }
    }

    @Override
    public void leave(ChunkId node) {
      if (whole.size() < MAX_REMEMBERED) {
        whole.add(node);
      }
    }

    private void require(ChunkId id) throws Hit {
      if (damaged.test(id)) {
        throw new Hit("chunk " + id + " is damaged");
      }
      if (!chunks.contains(id)) {
        throw new Hit("chunk " + id + " is missing");
      }
    }
  }
}
