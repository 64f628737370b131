package org.letargo.archive.recipe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.letargo.archive.store.ChunkId;

/**
 * One level of a recipe while it is written. Items wait in order until their ids are known, then go
 * into a node; a node ends where the id of its last item says so, which is what keeps the nodes
 * before and behind a change as they were.
 */
final class RecipeLevel {
  /** A node is about so long: small enough to share most of a recipe, large enough to be few. */
  private static final long AIMED_BYTES = 16 << 10;

  /** However an attacker chooses the ids, a level has at most a hundredth of the one beneath. */
  private static final int MIN_BYTES = 4 << 10;

  /** Of 64 GiB that are read later, in the largest pieces. */
  private static final int MAX_WAITING = 1 << 18;

  private static final long MAX_WAITING_BYTES = 16 << 20;
  private static final int MAX_NUMBER_BYTES = 9;
  private static final int FRAMED = Integer.BYTES; // a node's length before it, in an archive

  private final NodeSink nodes;
  private final int level;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private long waitingBytes; // of their literals
  private ByteBuffer node = ByteBuffer.allocate(RecipeNode.MAX_BYTES);
  private long nodeContentBytes;
  private int lastBorder; // where in the node the last item with an id ended
  private long recipeBytes; // of the nodes that are written
  private Optional<RecipeLevel> parent = Optional.empty();

  /** An item without an id is complete already. */
  private record Waiting(
      long number, long lengthBytes, Optional<CompletableFuture<ChunkId>> id, byte[] literal) {}

  RecipeLevel(NodeSink nodes, int level) {
    this.nodes = nodes;
    this.level = level;
    node.put((byte) level);
    lastBorder = 1;
  }

  void add(long number, long lengthBytes, CompletableFuture<ChunkId> id) throws IOException {
    add(new Waiting(number, lengthBytes, Optional.of(id), new byte[0]));
  }

  void add(long number, long lengthBytes, byte[] literal) throws IOException {
    add(new Waiting(number, lengthBytes, Optional.empty(), literal));
  }

  private void add(Waiting item) throws IOException {
    waiting.add(item);
    waitingBytes += item.literal.length;
    while (!waiting.isEmpty() && (areTooMany() || isDone(waiting.peek()))) {
      place(waiting.remove());
    }
  }

  private boolean areTooMany() {
    return waiting.size() > MAX_WAITING || waitingBytes > MAX_WAITING_BYTES;
  }

  private static boolean isDone(Waiting item) {
    return item.id.isEmpty() || item.id.get().isDone();
  }

  private void place(Waiting item) throws IOException {
    waitingBytes -= item.literal.length;
    int bytes = MAX_NUMBER_BYTES + item.literal.length + (item.id.isPresent() ? ChunkId.BYTES : 0);
    if (node.remaining() < bytes) {
      cut();
    }
    for (long rest = item.number; ; rest >>>= 7) {
      if (rest < 0x80) {
        node.put((byte) rest);
        break;
      }
      node.put((byte) (rest | 0x80));
    }
    node.put(item.literal);
    nodeContentBytes += item.lengthBytes;
    if (item.id.isPresent()) {
      ChunkId id = get(item.id.get());
      id.copyTo(node.array(), node.position());
      node.position(node.position() + ChunkId.BYTES);
      if (isBorder(id)) {
        cut();
      } else {
        lastBorder = node.position();
      }
    }
  }

  /** As likely as the bytes since the last item with an id have a share in a node. */
  private boolean isBorder(ChunkId id) {
    long sinceLast = node.position() - lastBorder;
    long bits = id.hashCode() & 0xFFFF_FFFFL;
    return node.position() >= MIN_BYTES && bits < (sinceLast << 32) / AIMED_BYTES;
  }

  private void cut() throws IOException {
    if (parent.isEmpty()) {
      if (level == RecipeNode.MAX_LEVEL) {
        throw new IOException("a recipe is too long: it has more than " + level + " levels");
      }
      parent = Optional.of(new RecipeLevel(nodes, level + 1));
    }
    long contentBytes = nodeContentBytes;
    parent.get().add(contentBytes, contentBytes, put());
  }

  private CompletableFuture<ChunkId> put() throws IOException {
    recipeBytes += FRAMED + node.position();
    CompletableFuture<ChunkId> id =
        nodes.put(ByteBuffer.wrap(java.util.Arrays.copyOf(node.array(), node.position())));
    node.clear().put((byte) level);
    lastBorder = 1;
    nodeContentBytes = 0;
    return id;
  }

  /** Writes what is left, and the levels above; gives the root. */
  RecipeRoot finish(long sizeBytes, long bytesBeneath) throws IOException {
    while (!waiting.isEmpty()) {
      place(waiting.remove());
    }
    if (parent.isEmpty()) {
      ChunkId root = get(put());
      return new RecipeRoot(root, sizeBytes, bytesBeneath + recipeBytes);
    }
    if (nodeContentBytes > 0) {
      cut();
    }
    return parent.get().finish(sizeBytes, bytesBeneath + recipeBytes);
  }

  private static ChunkId get(CompletableFuture<ChunkId> id) throws IOException {
    try {
      return id.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case Error error -> throw error;
        default -> throw new IOException(e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.nio.channels.ClosedByInterruptException();
    }
  }
}
