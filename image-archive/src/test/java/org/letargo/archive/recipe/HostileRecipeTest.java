package org.letargo.archive.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkWriter;
import org.letargo.archive.store.testing.MemoryChunkStore;

/** Nodes that lie. */
class HostileRecipeTest {
  private static final String ID = "ab".repeat(32);

  static Stream<Arguments> nodes() {
    return Stream.of(
        Arguments.of("empty", "", "a node has 0 bytes"),
        Arguments.of("level", "07", "a node claims level 7"),
        Arguments.of("level 255", "ff", "a node claims level 255"),
        Arguments.of("kind 0", "00" + "04", "an item has kind 0"),
        Arguments.of("chunk of nothing", "00" + "01" + ID, "an item claims 0 bytes"),
        Arguments.of("chunk of 1 MiB + 1", "00" + "85808002" + ID, "an item claims 1048577 bytes"),
        Arguments.of("half an id", "00" + "05" + "abab", "a node ends inside an item"),
        Arguments.of("literal too long", "00" + "878001", "an item claims 4097 bytes"),
        Arguments.of("literal cut", "00" + "0f" + "aabb", "a node ends inside an item"),
        Arguments.of("number cut", "00" + "80", "a node ends inside a number"),
        Arguments.of("number without end", "00" + "80".repeat(10), "more than nine bytes"),
        Arguments.of(
            "2^61 zeros",
            "00" + "fe" + "ff".repeat(7) + "7e",
            "an item claims 2287828610704211967 bytes"),
        Arguments.of("16 TiB + 1", "00" + "82808080808010" + "06", "more than 16 TiB"),
        Arguments.of("child of nothing", "01" + "00" + ID, "an item claims 0 bytes"),
        Arguments.of("child cut", "01" + "01" + "ab", "a node ends inside an item"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("nodes")
  void refuses(String name, String hex, String why) {
    assertThatThrownBy(() -> RecipeNode.parse(HexFormat.of().parseHex(hex)))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("a recipe cannot be read: ")
        .hasMessageContaining(why);
  }

  @Test
  void refusesANodeThatIsTooLong() {
    assertThatThrownBy(() -> RecipeNode.parse(new byte[RecipeNode.MAX_BYTES + 1]))
        .isInstanceOf(ArchiveException.class);
  }

  @Test
  void readsAnyBytesOrRefusesThem() {
    var random = new Random(1);
    int read = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(80)];
      random.nextBytes(bytes);
      bytes[0] = (byte) random.nextInt(3);
      try {
        RecipeNode node = RecipeNode.parse(bytes);
        assertThat(node.contentBytes()).isBetween(0L, RecipeNode.MAX_CONTENT_BYTES);
        read++;
      } catch (ArchiveException e) {
        assertThat(e.kind()).isEqualTo(ArchiveException.Kind.CORRUPT);
      }
    }
    assertThat(read).isPositive();
  }

  @Test
  void refusesATreeWhoseChildrenAreNotWhatTheirParentsSay() throws IOException {
    var store = new MemoryChunkStore();
    try (ChunkWriter writer = store.writer()) {
      ChunkId leaf = put(writer, "00" + "05" + ID); // a chunk of one byte
      ChunkId longer = put(writer, "01" + "02" + leaf);
      ChunkId deeper = put(writer, "02" + "01" + leaf);

      for (ChunkId root : Arrays.asList(longer, deeper)) {
        long claimed = root.equals(longer) ? 2 : 1;
        assertThatThrownBy(() -> Recipe.of(store::read, root, claimed).begin())
            .isInstanceOf(ArchiveException.class)
            .hasMessageContaining("a node is not what the one above it says");
      }
    }
  }

  @Test
  void refusesANodeLongerThanNodesAre() throws IOException {
    var store = new MemoryChunkStore();
    try (ChunkWriter writer = store.writer()) {
      ChunkId large = writer.put(ByteBuffer.allocate(RecipeNode.MAX_BYTES + 1)).join();

      assertThatThrownBy(() -> Recipe.of(store::read, large, 0).begin())
          .isInstanceOf(ArchiveException.class)
          .hasMessageContaining("a node is longer than 65536 bytes");
    }
  }

  private static ChunkId put(ChunkWriter writer, String hex) throws IOException {
    return writer.put(ByteBuffer.wrap(HexFormat.of().parseHex(hex))).join();
  }
}
