package org.letargo.archive.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkWriter;
import org.letargo.archive.store.testing.MemoryChunkStore;

class RecipeTest {
  private final MemoryChunkStore store = new MemoryChunkStore();
  private final ChunkWriter writer = store.writer();

  @AfterEach
  void closeWriter() {
    writer.close();
    store.checkNoOpenWriters();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 100, 5_000, 200_000})
  void givesBackItsItems(int count) throws IOException {
    List<RecipeItem.Chunk> chunks = chunks(new Random(count), count);

    RecipeRoot root = write(chunks);

    assertThat(read(root)).isEqualTo(chunks);
    assertThat(root.sizeBytes()).isEqualTo(size(chunks));
  }

  @Test
  void countsItsNodesAsTheyStandInAnArchive() throws IOException {
    RecipeRoot root = write(chunks(new Random(1), 20_000));

    long bytes = 0;
    for (ChunkId node : nodes(root)) {
      bytes += 4 + store.read(node, ByteBuffer.allocate(RecipeNode.MAX_BYTES));
    }

    assertThat(root.recipeBytes()).isEqualTo(bytes);
  }

  @Test
  void findsTheItemOfEveryOffset() throws IOException {
    List<RecipeItem.Chunk> chunks = chunks(new Random(3), 3_000);
    RecipeRoot root = write(chunks);
    Recipe recipe = open(root);
    var random = new Random(4);

    for (int i = 0; i < 2_000; i++) {
      long offset = random.nextLong(root.sizeBytes());

      RecipeCursor cursor = recipe.at(offset);

      assertThat(cursor.next()).isTrue();
      assertThat(offset).isBetween(cursor.offset(), cursor.end() - 1);
      int index = indexAt(chunks, offset);
      assertThat(cursor.item()).isEqualTo(chunks.get(index));
      assertThat(cursor.next()).isEqualTo(index < chunks.size() - 1);
    }
    assertThat(recipe.at(root.sizeBytes()).next()).isFalse();
    assertThatThrownBy(() -> recipe.at(root.sizeBytes() + 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void sharesAllNodesButAFewAfterAChangeInOnePlace() throws IOException {
    List<RecipeItem.Chunk> chunks = chunks(new Random(5), 50_000);
    Set<ChunkId> before = nodes(write(chunks));
    var random = new Random(6);
    List<List<RecipeItem.Chunk>> changes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int at = random.nextInt(chunks.size());
      changes.add(changed(chunks, at, chunks(random, 1), 1)); // replaced
      changes.add(changed(chunks, at, chunks(random, 3), 0)); // put in
      changes.add(changed(chunks, at, List.of(), 1)); // taken out
    }

    for (List<RecipeItem.Chunk> change : changes) {
      Set<ChunkId> after = nodes(write(change));
      after.removeAll(before);

      assertThat(before).hasSizeGreaterThan(60);
      assertThat(after).hasSizeBetween(2, 8); // the node, perhaps the next ones, and those above
    }
  }

  @Test
  void givesTheSameRootHoweverZerosAndLiteralsAreHandedOver() throws IOException {
    var random = new Random(7);
    byte[] content = new byte[50_000];
    for (int at = 0; at < content.length; at += 1 + random.nextInt(60)) {
      content[at] = (byte) random.nextInt(); // many runs of zeros, short and long
    }
    Set<ChunkId> roots = new HashSet<>();
    for (int way = 0; way < 30; way++) {
      var recipe = new RecipeWriter(writer::put);
      for (int at = 0; at < content.length; ) {
        int n = Math.min(content.length - at, 1 + random.nextInt(way * 100 + 1));
        recipe.literal(content, at, n);
        at += n;
      }
      roots.add(recipe.finish().id());
    }

    assertThat(roots).hasSize(1);
    RecipeRoot root = new RecipeRoot(roots.iterator().next(), content.length, 0);
    assertThat(content(root)).isEqualTo(content);
    assertThat(read(root)).hasAtLeastOneElementOfType(RecipeItem.Zeros.class);
  }

  @Test
  void waitsForIdsThatComeInAnyOrder() throws IOException {
    List<RecipeItem.Chunk> chunks = chunks(new Random(8), 3_000);
    var recipe = new RecipeWriter(writer::put);
    List<Runnable> arrivals = new ArrayList<>();
    for (RecipeItem.Chunk chunk : chunks) {
      var id = new CompletableFuture<ChunkId>();
      recipe.chunk(chunk.length(), id);
      arrivals.add(() -> id.complete(chunk.id()));
    }
    Collections.shuffle(arrivals, new Random(9));
    arrivals.forEach(Runnable::run);

    assertThat(recipe.finish()).isEqualTo(write(chunks));
  }

  @Test
  void waitsForAnIdWhenTooMuchStandsBehindIt() throws IOException {
    var recipe = new RecipeWriter(writer::put);
    var asked = new AtomicBoolean();
    ChunkId known = chunks(new Random(11), 1).getFirst().id();
    recipe.chunk(
        10,
        new CompletableFuture<>() {
          @Override
          public ChunkId get() {
            asked.set(true);
            return known;
          }
        });
    byte[] literal = new byte[1 << 20];
    Arrays.fill(literal, (byte) 1);

    for (int mebibytes = 0; mebibytes < 15; mebibytes++) {
      recipe.literal(literal, 0, literal.length);
    }
    assertThat(asked).isFalse();
    recipe.literal(literal, 0, literal.length);
    recipe.literal(literal, 0, literal.length);

    assertThat(asked).isTrue();
  }

  @Test
  void staysShallowWhateverIdsAnAttackerChooses() throws IOException {
    var id = ChunkId.of(new byte[32]); // ends a node wherever it can
    List<RecipeItem.Chunk> chunks = Collections.nCopies(100_000, new RecipeItem.Chunk(4096, id));

    RecipeRoot root = write(chunks);

    assertThat(read(root)).isEqualTo(chunks);
    assertThat(nodes(root)).hasSizeLessThan(20); // equal nodes are one
    assertThat(root.recipeBytes()).isLessThan(100_000 * 36);
  }

  @Test
  void failsWhenAChunkCouldNotBeStored() throws IOException {
    var recipe = new RecipeWriter(writer::put);
    var id = new CompletableFuture<ChunkId>();
    recipe.chunk(10, id);
    id.completeExceptionally(new IOException("the disk is full"));

    assertThatThrownBy(recipe::finish)
        .isInstanceOf(IOException.class)
        .hasMessage("the disk is full");
  }

  @Test
  void refusesARecipeOfAnotherLength() throws IOException {
    RecipeRoot root = write(chunks(new Random(10), 10));
    var wrong = new RecipeRoot(root.id(), root.sizeBytes() + 1, 0);

    assertThatThrownBy(() -> read(wrong))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("it gives " + root.sizeBytes() + " bytes instead of");
  }

  private RecipeRoot write(List<RecipeItem.Chunk> chunks) throws IOException {
    var recipe = new RecipeWriter(writer::put);
    for (RecipeItem.Chunk chunk : chunks) {
      recipe.chunk(chunk.length(), CompletableFuture.completedFuture(chunk.id()));
    }
    return recipe.finish();
  }

  private Recipe open(RecipeRoot root) {
    return Recipe.of(store::read, root.id(), root.sizeBytes());
  }

  private List<RecipeItem> read(RecipeRoot root) throws IOException {
    List<RecipeItem> items = new ArrayList<>();
    for (RecipeCursor cursor = open(root).begin(); cursor.next(); ) {
      items.add(cursor.item());
    }
    return items;
  }

  private byte[] content(RecipeRoot root) throws IOException {
    ByteBuffer content = ByteBuffer.allocate((int) root.sizeBytes());
    for (RecipeItem item : read(root)) {
      switch (item) {
        case RecipeItem.Zeros run -> content.put(new byte[(int) run.lengthBytes()]);
        case RecipeItem.Literal bytes -> content.put(bytes.bytes(), bytes.offset(), bytes.length());
        case RecipeItem.Chunk chunk -> store.read(chunk.id(), content);
      }
    }
    return content.array();
  }

  private Set<ChunkId> nodes(RecipeRoot root) throws IOException {
    Set<ChunkId> nodes = new HashSet<>();
    open(root)
        .walk(
            new Recipe.Visitor() {
              @Override
              public boolean enter(ChunkId node) {
                return nodes.add(node);
              }

              @Override
              public void item(RecipeItem item) {}
            });
    return nodes;
  }

  private static List<RecipeItem.Chunk> changed(
      List<RecipeItem.Chunk> chunks, int at, List<RecipeItem.Chunk> instead, int removed) {
    List<RecipeItem.Chunk> all = new ArrayList<>(chunks.subList(0, at));
    all.addAll(instead);
    all.addAll(chunks.subList(at + removed, chunks.size()));
    return all;
  }

  private static int indexAt(List<RecipeItem.Chunk> chunks, long offset) {
    long end = 0;
    for (int i = 0; ; i++) {
      end += chunks.get(i).length();
      if (offset < end) {
        return i;
      }
    }
  }

  private static long size(List<RecipeItem.Chunk> chunks) {
    return chunks.stream().mapToLong(RecipeItem.Chunk::length).sum();
  }

  private static List<RecipeItem.Chunk> chunks(Random random, int count) {
    List<RecipeItem.Chunk> chunks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] hash = new byte[ChunkId.BYTES];
      random.nextBytes(hash);
      chunks.add(new RecipeItem.Chunk(1 + random.nextInt(1 << 20), ChunkId.of(hash)));
    }
    return chunks;
  }
}
