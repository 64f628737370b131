package org.letargo.archive.file;

import static org.letargo.archive.ArchiveException.quoted;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.FileWorkers;
import org.letargo.archive.checkpoint.CheckpointFile;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.FileWriter;
import org.letargo.archive.recipe.RecipeItem;
import org.letargo.archive.recipe.RecipeNode;
import org.letargo.archive.store.ChunkId;

/**
 * Puts files into a checkpoint by their recipes, from chunks that were asked for and those that are
 * there. The store's workers hash beside it. For one thread.
 */
final class TransferIntake implements Closeable {
  /** Under way to the store: four of the largest chunks, or many usual ones. */
  private static final int MAX_IN_FLIGHT_BYTES = 4 << 20;

  private static final int MAX_IN_FLIGHT = 64; // however small they are

  private final CheckpointWriter checkpoint;
  private final BitSet wanted;
  private final RecipeSpool.Bytes sender;
  private final LongConsumer done;
  private final Deque<InFlight> inFlight = new ArrayDeque<>();

  /** What an encrypted store calls chunks that came; a plain one calls them as the sender does. */
  private final Map<ChunkId, ChunkId> names = new HashMap<>();

  /** Chunks of nothing but zeros, which no store keeps; one for each length at most. */
  private final Set<ChunkId> zeros = new HashSet<>();

  private int inFlightBytes;
  private int index;
  private long doneBytes;

  private record InFlight(
      CheckpointFile of, ByteBuffer content, ChunkId expected, CompletableFuture<ChunkId> found) {
    boolean isOf(ChunkId id) {
      return expected.equals(id);
    }
  }

  TransferIntake(
      CheckpointWriter checkpoint, BitSet wanted, RecipeSpool.Bytes sender, LongConsumer done) {
    this.checkpoint = checkpoint;
    this.wanted = wanted;
    this.sender = sender;
    this.done = done;
  }

  /**
   * Takes one file in.
   *
   * @param items its recipe is next
   */
  void take(CheckpointFile of, RecipeSpool.Reader items) throws IOException {
    try (FileWriter file = checkpoint.begin(of.path())) {
      for (Optional<RecipeNode.Items> node; (node = items.next()).isPresent(); ) {
        while (node.get().next()) {
          switch (node.get().item()) {
            case RecipeItem.Chunk chunk -> {
              if (wanted.get(index++)) {
                receive(of, file, chunk);
              } else {
                known(file, chunk);
              }
            }
            case RecipeItem.Zeros run -> file.zeros(run.lengthBytes());
            case RecipeItem.Literal literal ->
                file.literal(
                    Arrays.copyOfRange(
                        literal.bytes(), literal.offset(), literal.offset() + literal.length()));
          }
        }
      }
      while (!inFlight.isEmpty()) {
        requireOldest();
      }
      file.finish();
    }
  }

  private void known(FileWriter file, RecipeItem.Chunk chunk) throws IOException {
    while (!inFlight.isEmpty() && inFlight.stream().anyMatch(one -> one.isOf(chunk.id()))) {
      requireOldest(); // it is on its way and has no name yet
    }
    if (zeros.contains(chunk.id())) {
      file.zeros(chunk.length());
      return;
    }
    file.known(chunk.length(), names.getOrDefault(chunk.id(), chunk.id()));
  }

  private void receive(CheckpointFile of, FileWriter file, RecipeItem.Chunk chunk)
      throws IOException {
    while (inFlight.size() >= MAX_IN_FLIGHT
        || !inFlight.isEmpty() && inFlightBytes + chunk.length() > MAX_IN_FLIGHT_BYTES) {
      requireOldest();
    }
    ByteBuffer content = ByteBuffer.wrap(read(of, chunk.length()));
    Optional<CompletableFuture<ChunkId>> found = file.chunk(content.duplicate(), () -> {});
    if (found.isPresent()) {
      inFlight.add(new InFlight(of, content, chunk.id(), found.get()));
      inFlightBytes += chunk.length();
    } else {
      require(of, content, chunk.id());
      zeros.add(chunk.id());
    }
    doneBytes += chunk.length();
    done.accept(doneBytes);
  }

  private byte[] read(CheckpointFile of, int length) throws IOException {
    return TransferFormat.readContent(sender, length, why -> damaged(of, why));
  }

  private void requireOldest() throws IOException {
    InFlight oldest = inFlight.remove();
    inFlightBytes -= oldest.content.remaining();
    ChunkId found = FileWorkers.get(oldest.found);
    if (!found.equals(oldest.expected)) {
      require(oldest.of, oldest.content, oldest.expected);
      names.put(oldest.expected, found);
    }
  }

  private static void require(CheckpointFile of, ByteBuffer content, ChunkId expected) {
    if (!PlainRecipes.sha256(content).equals(expected)) {
      throw damaged(of, "a chunk does not have the SHA-256 of the recipe");
    }
  }

  private static ArchiveException damaged(CheckpointFile of, String why) {
    return ArchiveException.corrupt("what is received is damaged at " + quoted(of.path()), why);
  }

  /** Waits until the store has let go of the buffers; what comes of it does not matter. */
  @Override
  public void close() {
    inFlight.forEach(chunk -> chunk.found.exceptionally(_ -> chunk.expected).join());
  }
}
