package org.letargo.archive.store.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.Chunks;

/** The bytes of packs: what is written is read, what cannot be is refused, old stores open. */
class PackFormatTest {
  private static final ChunkId ID = ChunkId.of(Chunks.random(1, ChunkId.BYTES));
  private static final Place PLACE = new Place(7, 64, 100, 200);

  @TempDir Path scratch;

  private static Optional<List<PackFormat.Row>> reread(int pack, Place place, int tableAt) {
    ByteBuffer table = PackFormat.table(pack, tableAt, List.of(new PackFormat.Row(ID, place)));
    int rowsLength = table.limit() - PackFormat.TRAILER_BYTES;
    ByteBuffer last = table.slice(rowsLength, PackFormat.TRAILER_BYTES);
    return PackFormat.trailer(pack, (long) tableAt + table.limit(), last)
        .flatMap(trailer -> PackFormat.rows(pack, trailer, table.slice(0, rowsLength)));
  }

  @Test
  void readsTheTableThatItWrites() {
    assertThat(reread(7, PLACE, 228)).contains(List.of(new PackFormat.Row(ID, PLACE)));
  }

  static Stream<Place> impossiblePlaces() {
    return Stream.of(
        new Place(7, 63, 100, 200), // in the header of the pack
        new Place(7, -1, 100, 200),
        new Place(7, 65, 100, 200), // beyond the entries
        new Place(7, Integer.MAX_VALUE - 10, 100, 200),
        new Place(7, 64, 0, 200),
        new Place(7, 64, -1, 200),
        new Place(7, 64, 100, 0),
        new Place(7, 64, 100, -1),
        new Place(7, 64, 100, (1 << 20) + 1),
        new Place(7, 64, 100, 83)); // longer stored than with the tag of AES-GCM
  }

  @ParameterizedTest
  @MethodSource("impossiblePlaces")
  void refusesATableThatTellsWhatCannotBe(Place place) {
    assertThat(reread(7, place, 228)).isEmpty();
  }

  @Test
  void refusesATrailerThatDoesNotFitTheFile() {
    ByteBuffer table = PackFormat.table(7, 228, List.of(new PackFormat.Row(ID, PLACE)));
    ByteBuffer last = table.slice(PackFormat.ROW_BYTES, PackFormat.TRAILER_BYTES);
    long size = 228 + table.limit();

    assertThat(PackFormat.trailer(7, size, last)).isPresent();
    assertThat(PackFormat.trailer(7, size + 1, last)).isEmpty();
    assertThat(PackFormat.trailer(8, size, last)).as("of another pack").isEmpty();
    assertThat(PackFormat.trailer(7, size, last.slice(1, 31))).isEmpty();
  }

  @Test
  void refusesHeadersThatTellWhatCannotBe() {
    ByteBuffer bytes = ByteBuffer.allocate(EntryHeader.BYTES);
    record Lengths(int content, int stored) {}
    for (var lengths :
        List.of(
            new Lengths(0, 1),
            new Lengths(1, 0),
            new Lengths(-1, 1),
            new Lengths(1, -1),
            new Lengths((1 << 20) + 1, 5),
            new Lengths(5, (1 << 20) + 17))) {
      new EntryHeader(1, EntryHeader.Codec.ZSTD, lengths.content, lengths.stored, 1, 0, ID)
          .write(bytes);
      assertThat(EntryHeader.read(bytes)).as(lengths.toString()).isEmpty();
    }
    var header = new EntryHeader(1, EntryHeader.Codec.ZSTD, 1 << 20, 5, 9, 11, ID);
    header.write(bytes);
    assertThat(EntryHeader.read(bytes)).contains(header);
    assertThat(EntryHeader.read(bytes.slice(0, 63))).isEmpty();
  }

  /** Stores of format 1, as they were written when it was new. Never made anew. */
  @ParameterizedTest
  @ValueSource(strings = {"plain", "encrypted"})
  void opensStoresOfFormatOne(String kind) throws IOException {
    Path store = Files.createDirectories(scratch.resolve(kind).resolve("packs")).getParent();
    for (String name : List.of("store.json", "packs/00000001.pack")) {
      copyResource(kind, name, store);
    }
    if (kind.equals("encrypted")) {
      copyResource(kind, "key", store);
      Files.setPosixFilePermissions(
          store.resolve("key"), PosixFilePermissions.fromString("rw-------"));
    }

    try (PackStore opened = PackStore.open(store, StoreCopies.ORDERED)) {
      assertThat(opened.check()).isEqualTo(new StoreCheck(1, 2, 364, List.of(), 0));
      for (byte[] content : golden()) {
        ChunkId id = opened.files().keys().contentHash().of(ByteBuffer.wrap(content));
        assertThat(Chunks.read(opened, id)).isEqualTo(content);
      }
    }
  }

  private static List<byte[]> golden() {
    return List.of(Chunks.random(1, 64), Chunks.half(2, 300));
  }

  private static void copyResource(String kind, String name, Path store) throws IOException {
    String resource = "golden-1-" + kind + "/" + name;
    try (var in = PackFormatTest.class.getResourceAsStream(resource)) {
      Files.write(store.resolve(name), in.readAllBytes());
    }
  }
}
