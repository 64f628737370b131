package org.letargo.archive.file;

import static org.letargo.archive.ArchiveException.quoted;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
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
 * Cuts the files of an archive by their recipes and puts them into a checkpoint. The store's
 * workers hash; what they find must be the id of the recipe. In an encrypted store their ids are
 * others, and the content is hashed here once more. For one thread.
 */
final class ContentIntake implements Closeable {
  /** Under way to the store: 64 usual chunks, or four of the largest. */
  private static final int MAX_IN_FLIGHT_BYTES = 4 << 20;

  private static final int MAX_IN_FLIGHT = 64; // however small they are

  private static final int BUFFER_BYTES = 64 << 10;

  private final CheckpointWriter checkpoint;
  private final RecipeSpool.Bytes archive;
  private final Deque<InFlight> inFlight = new ArrayDeque<>();
  private final Deque<byte[]> idle = new ArrayDeque<>();
  private int inFlightBytes;
  private final byte[] buffer = new byte[BUFFER_BYTES];

  private record InFlight(ByteBuffer content, ChunkId expected, CompletableFuture<ChunkId> found) {}

  ContentIntake(CheckpointWriter checkpoint, RecipeSpool.Bytes archive) {
    this.checkpoint = checkpoint;
    this.archive = archive;
  }

  /**
   * Takes one file in.
   *
   * @param items its recipe is next
   * @param done hears how many bytes of the file have been taken in
   */
  void take(CheckpointFile of, RecipeSpool.Reader items, LongConsumer done) throws IOException {
    try (FileWriter file = checkpoint.begin(of.path())) {
      var report = new Report(file, done);
      for (Optional<RecipeNode.Items> node; (node = items.next()).isPresent(); ) {
        while (node.get().next()) {
          switch (node.get().item()) {
            case RecipeItem.Chunk chunk -> chunk(of, file, chunk);
            case RecipeItem.Zeros run -> zeros(of, file, run.lengthBytes(), report);
            case RecipeItem.Literal literal -> literal(of, file, literal);
          }
          report.now();
        }
      }
      while (!inFlight.isEmpty()) {
        requireOldest(of);
      }
      file.finish();
      done.accept(of.sizeBytes());
    }
  }

  private void chunk(CheckpointFile of, FileWriter file, RecipeItem.Chunk chunk)
      throws IOException {
    while (inFlight.size() >= MAX_IN_FLIGHT
        || !inFlight.isEmpty() && inFlightBytes + chunk.length() > MAX_IN_FLIGHT_BYTES) {
      requireOldest(of);
    }
    byte[] bytes =
        chunk.length() <= BUFFER_BYTES && !idle.isEmpty()
            ? idle.pop()
            : new byte[Math.max(chunk.length(), BUFFER_BYTES)];
    archive.read(bytes, chunk.length());
    ByteBuffer content = ByteBuffer.wrap(bytes, 0, chunk.length());
    Optional<CompletableFuture<ChunkId>> found = file.chunk(content.duplicate(), () -> {});
    if (found.isPresent()) {
      inFlight.add(new InFlight(content, chunk.id(), found.get()));
      inFlightBytes += chunk.length();
    } else {
      require(of, content, chunk.id());
      giveBack(bytes);
    }
  }

  private void requireOldest(CheckpointFile of) throws IOException {
    InFlight oldest = inFlight.remove();
    if (!FileWorkers.get(oldest.found).equals(oldest.expected)) {
      require(of, oldest.content, oldest.expected);
    }
    inFlightBytes -= oldest.content.remaining();
    giveBack(oldest.content.array());
  }

  /** Large buffers are rare, and too large to be kept. */
  private void giveBack(byte[] bytes) {
    if (bytes.length == BUFFER_BYTES) {
      idle.push(bytes);
    }
  }

  private static void require(CheckpointFile of, ByteBuffer content, ChunkId expected) {
    if (!PlainRecipes.sha256(content).equals(expected)) {
      throw damaged(of, "a chunk does not have the SHA-256 of the recipe");
    }
  }

  private void zeros(CheckpointFile of, FileWriter file, long lengthBytes, Report report)
      throws IOException {
    for (long left = lengthBytes; left > 0; ) {
      int n = (int) Math.min(left, buffer.length);
      archive.read(buffer, n);
      if (!FileWriter.isZero(ByteBuffer.wrap(buffer, 0, n))) {
        throw damaged(of, "there is something where the recipe has zeros");
      }
      left -= n;
      file.zeros(n);
      report.now();
    }
  }

  /** Tells how far a file is, every 64 KiB or so. */
  private static final class Report {
    private final FileWriter file;
    private final LongConsumer done;
    private long reported;

    Report(FileWriter file, LongConsumer done) {
      this.file = file;
      this.done = done;
    }

    void now() {
      if (file.sizeBytes() - reported >= BUFFER_BYTES) {
        reported = file.sizeBytes();
        done.accept(reported);
      }
    }
  }

  private void literal(CheckpointFile of, FileWriter file, RecipeItem.Literal literal)
      throws IOException {
    archive.read(buffer, literal.length());
    byte[] expected =
        Arrays.copyOfRange(literal.bytes(), literal.offset(), literal.offset() + literal.length());
    if (!Arrays.equals(expected, 0, expected.length, buffer, 0, expected.length)) {
      throw damaged(of, "the content is not what stands in the recipe");
    }
    file.literal(expected);
  }

  private static ArchiveException damaged(CheckpointFile of, String why) {
    return ArchiveException.corrupt("the archive is damaged at " + quoted(of.path()), why);
  }

  /** Waits until the store has let go of the buffers; what comes of it does not matter. */
  @Override
  public void close() {
    inFlight.forEach(chunk -> chunk.found.exceptionally(_ -> chunk.expected).join());
  }
}
