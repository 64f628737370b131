package org.letargo.archive.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.letargo.archive.checkpoint.CheckpointFile;
import org.letargo.archive.checkpoint.CheckpointManifest;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.recipe.Recipe;
import org.letargo.archive.recipe.RecipeCursor;
import org.letargo.archive.recipe.RecipeItem;
import org.letargo.archive.recipe.RecipeRoot;
import org.letargo.archive.recipe.RecipeWriter;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkStore;

/**
 * The recipes of a checkpoint with the plain SHA-256 of every chunk, as archives have them. A plain
 * store has them already. An encrypted one names its chunks by a secret, so all content is read and
 * hashed once before the archive can begin; the nodes wait in a file.
 */
final class PlainRecipes implements Closeable {
  private static final int THREADS = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 8);

  private final StoredCheckpoint checkpoint;
  private final boolean plain;
  private final FileChannel spool;
  private final Map<ChunkId, Place> places = new HashMap<>();
  private CheckpointManifest manifest;
  private long spooled;

  private record Place(long offset, int lengthBytes) {}

  private PlainRecipes(StoredCheckpoint checkpoint, boolean plain, FileChannel spool) {
    this.checkpoint = checkpoint;
    this.plain = plain;
    this.spool = spool;
    this.manifest = checkpoint.manifest();
  }

  static PlainRecipes of(StoredCheckpoint checkpoint) throws IOException {
    var recipes = new PlainRecipes(checkpoint, isPlain(checkpoint), checkpoint.spool());
    try {
      if (!recipes.plain) {
        recipes.rehash();
      }
      return recipes;
    } catch (Throwable e) {
      recipes.close();
      throw e;
    }
  }

  /** Whether the first root is the SHA-256 of its node: then so is every other id. */
  private static boolean isPlain(StoredCheckpoint checkpoint) throws IOException {
    for (CheckpointFile file : checkpoint.manifest().files()) {
      ByteBuffer node = ByteBuffer.allocate(ChunkStore.MAX_CHUNK_BYTES);
      checkpoint.chunks().read(file.rootId(), node);
      return sha256(node.flip()).equals(file.rootId());
    }
    return true;
  }

  static ChunkId sha256(ByteBuffer content) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(content.duplicate());
      return ChunkId.of(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The manifest with plain roots. */
  CheckpointManifest manifest() {
    return manifest;
  }

  /** The plain recipe of a file of {@link #manifest}. */
  Recipe recipe(CheckpointFile file) {
    return plain ? checkpoint.recipe(file) : Recipe.of(this::read, file.rootId(), file.sizeBytes());
  }

  private void rehash() throws IOException {
    List<CheckpointFile> files = new ArrayList<>();
    try (ExecutorService threads =
        Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().name("archive-hash-", 0).daemon().factory())) {
      for (CheckpointFile file : manifest.files()) {
        RecipeRoot root = rehash(checkpoint.recipe(file), threads);
        files.add(
            new CheckpointFile(
                file.path(), root.sizeBytes(), root.id().toString(), root.recipeBytes()));
      }
    }
    manifest = new CheckpointManifest(manifest.formatVersion(), manifest.checkpoint(), files);
  }

  private RecipeRoot rehash(Recipe keyed, ExecutorService threads) throws IOException {
    var recipe = new RecipeWriter(this::put);
    for (RecipeCursor cursor = keyed.begin(); cursor.next(); ) {
      switch (cursor.item()) {
        case RecipeItem.Zeros run -> recipe.zeros(run.lengthBytes());
        case RecipeItem.Literal literal ->
            recipe.literal(literal.bytes(), literal.offset(), literal.length());
        case RecipeItem.Chunk chunk ->
            recipe.chunk(chunk.length(), CompletableFuture.supplyAsync(() -> hash(chunk), threads));
      }
    }
    return recipe.finish();
  }

  private ChunkId hash(RecipeItem.Chunk chunk) {
    try {
      ByteBuffer content = ByteBuffer.allocate(chunk.length());
      checkpoint.chunks().read(chunk.id(), content);
      return sha256(content.flip());
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private CompletableFuture<ChunkId> put(ByteBuffer node) throws IOException {
    ChunkId id = sha256(node);
    if (!places.containsKey(id)) {
      places.put(id, new Place(spooled, node.remaining()));
      while (node.hasRemaining()) {
        spooled += spool.write(node, spooled);
      }
    }
    return CompletableFuture.completedFuture(id);
  }

  private int read(ChunkId id, ByteBuffer into) throws IOException {
    Place place = places.get(id);
    ByteBuffer node = into.slice(into.position(), place.lengthBytes);
    while (node.hasRemaining()) {
      if (spool.read(node, place.offset + node.position()) < 0) {
        throw new java.io.EOFException("a spool file became shorter");
      }
    }
    into.position(into.position() + place.lengthBytes);
    return place.lengthBytes;
  }

  @Override
  public void close() throws IOException {
    spool.close();
  }
}
