package org.letargo.archive.store.pack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkWriter;
import org.letargo.archive.store.Chunks;
import org.letargo.archive.store.StoreFullException;

/** What the store on a disk does beyond the contract. */
class PackStoreTest {
  private static final List<byte[]> CONTENTS =
      List.of(Chunks.random(1, 5_000), Chunks.half(2, 70_000), new byte[1]);

  @TempDir Path scratch;

  private PackStore open(PackStoreOptions options) throws IOException {
    return PackStore.open(scratch.resolve("store"), options);
  }

  private static void expect(PackStore store, Map<ChunkId, byte[]> stored) throws IOException {
    for (Map.Entry<ChunkId, byte[]> chunk : stored.entrySet()) {
      assertThat(Chunks.read(store, chunk.getKey())).isEqualTo(chunk.getValue());
    }
  }

  @Test
  void hasEverythingAfterItWasClosed() throws IOException {
    Map<ChunkId, byte[]> stored;
    try (PackStore store = open(StoreCopies.ORDERED)) {
      stored = StoreCopies.put(store, CONTENTS);
    }

    try (PackStore store = open(StoreCopies.ORDERED)) {
      expect(store, stored);
      assertThat(store.check()).isEqualTo(new StoreCheck(1, 3, 75_001, List.of(), 0));
    }
  }

  @Test
  void namesChunksBySha256() throws IOException {
    try (PackStore store = open(StoreCopies.ORDERED)) {
      assertThat(StoreCopies.put(store, List.of(new byte[1])).keySet())
          .containsExactly(
              ChunkId.parse("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"));
    }
  }

  @Test
  void trustsTheIndexOfAnOrderlyCloseAndNoOther() throws IOException {
    Map<ChunkId, byte[]> stored;
    Path crashed;
    try (PackStore store = open(StoreCopies.ORDERED)) {
      stored = StoreCopies.put(store, CONTENTS);
      crashed = StoreCopies.copy(scratch.resolve("store"), scratch.resolve("crashed"));
    }
    try (StoreFiles files = StoreFiles.open(scratch.resolve("store"), StoreCopies.ORDERED);
        PackReaders readers = new PackReaders(files)) {
      long packs = new Recovery(files, readers).fingerprint();
      assertThat(IndexTable.open(files.index(), packs + 1)).as("of other packs").isEmpty();
      assertThat(IndexTable.open(files.index(), packs)).as("orderly").isPresent();
      assertThat(IndexTable.open(files.index(), packs)).as("opened and not closed").isEmpty();
    }

    try (PackStore store = open(StoreCopies.ORDERED)) {
      expect(store, stored);
    }
    try (PackStore store = PackStore.open(crashed, StoreCopies.ORDERED)) {
      expect(store, stored);
    }
  }

  @Test
  void makesTheIndexAnewIfItIsLostOrOfAnotherTime() throws IOException {
    Path directory = scratch.resolve("store");
    Map<ChunkId, byte[]> stored;
    try (PackStore store = open(StoreCopies.ORDERED)) {
      StoreCopies.put(store, CONTENTS.subList(0, 1));
    }
    byte[] old = Files.readAllBytes(directory.resolve("index"));
    try (PackStore store = open(StoreCopies.ORDERED)) {
      stored = StoreCopies.put(store, CONTENTS);
    }

    for (byte[] index :
        List.of(old, new byte[0], new byte[4096], Chunks.random(1, 9_000), new byte[1 << 20])) {
      Files.write(directory.resolve("index"), index);
      try (PackStore store = open(StoreCopies.ORDERED)) {
        expect(store, stored);
        assertThat(store.check().clean()).isTrue();
      }
    }
    Files.delete(directory.resolve("index"));
    try (PackStore store = open(StoreCopies.ORDERED)) {
      expect(store, stored);
    }
  }

  @Test
  void isOpenOnceOnly() throws IOException {
    try (PackStore store = open(StoreCopies.ORDERED)) {
      assertThat(store.stat().packs()).isZero();
      assertThatThrownBy(() -> open(StoreCopies.ORDERED))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another process has it open");
    }
    open(StoreCopies.ORDERED).close();
  }

  @Test
  void neverNamesAPackAsOneThatWasThere() throws IOException {
    Set<Path> names = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      try (PackStore store = open(StoreCopies.ORDERED)) {
        StoreCopies.put(store, List.of(Chunks.random(i, 100)));
        assertThat(names.add(onlyPack())).isTrue();
        store.collect(keep -> {});
        assertThat(store.stat().packs()).isZero();
      }
    }
  }

  @Test
  void isReadableByItsOwnerOnly() throws IOException {
    try (PackStore store = open(StoreCopies.ORDERED.encrypted())) {
      StoreCopies.put(store, CONTENTS);
    }

    try (Stream<Path> all = Files.walk(scratch.resolve("store"))) {
      assertThat(all.filter(Files::isRegularFile))
          .hasSize(6)
          .allSatisfy(file ->
              assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                  .as(file.toString())
                  .isEqualTo("rw-------"));
    }
    assertThat(Files.getPosixFilePermissions(scratch.resolve("store/packs"))).hasSize(3);
  }

  @Test
  void tellsNothingOfTheContentInAnEncryptedStore() throws IOException {
    byte[] content = "a secret of the guest ".repeat(5).getBytes();
    ChunkId plainId = StoreKeys.none().contentHash().of(ByteBuffer.wrap(content));
    try (PackStore store = open(StoreCopies.ORDERED.encrypted())) {
      Map<ChunkId, byte[]> stored = StoreCopies.put(store, List.of(content, CONTENTS.getFirst()));
      assertThat(stored).doesNotContainKey(plainId);
      expect(store, stored);
    }

    for (Path file : List.of(scratch.resolve("store/index"), onlyPack())) {
      String bytes = new String(Files.readAllBytes(file), ISO_8859_1);
      assertThat(bytes)
          .doesNotContain("secret")
          .doesNotContain(new String(CONTENTS.getFirst(), ISO_8859_1).substring(0, 16));
    }
  }

  private Path onlyPack() throws IOException {
    return StoreCopies.onlyPack(scratch.resolve("store"));
  }

  @Test
  void opensAnEncryptedStoreOnlyWithItsKey() throws IOException {
    Path key = scratch.resolve("store/key");
    Map<ChunkId, byte[]> stored;
    try (PackStore store = open(StoreCopies.ORDERED.encrypted())) {
      stored = StoreCopies.put(store, CONTENTS);
    }
    byte[] right = Files.readAllBytes(key);

    Files.write(key, Chunks.random(1, 32));
    assertThatThrownBy(() -> open(StoreCopies.ORDERED)).hasMessageContaining("its key is another");
    Files.write(key, right);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> open(StoreCopies.ORDERED)).hasMessageContaining("others may read");
    Files.delete(key);
    assertThatThrownBy(() -> open(StoreCopies.ORDERED))
        .hasMessageContaining("its key is not there");
    Files.write(key, right);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    try (PackStore store = open(StoreCopies.ORDERED)) {
      assertThat(store.encrypted()).isTrue();
      expect(store, stored);
    }
  }

  @Test
  void makesItsKeyWhereItIsToldTo() throws IOException {
    Path key = scratch.resolve("elsewhere.key");
    Map<ChunkId, byte[]> stored;
    try (PackStore store = open(StoreCopies.ORDERED.encrypted(key))) {
      stored = StoreCopies.put(store, CONTENTS);
    }

    assertThat(Files.readString(key)).matches("[0-9a-f]{64}\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
    assertThat(scratch.resolve("store/key")).doesNotExist();
    assertThatThrownBy(() -> open(StoreCopies.ORDERED))
        .hasMessageContaining("its key is not there");
    try (PackStore store = open(StoreCopies.ORDERED.encrypted(key))) {
      expect(store, stored);
    }
  }

  @Test
  void takesTheKeyThatIsThere() throws IOException {
    Path key = scratch.resolve("my.key");
    Files.writeString(key, "0123456789ABCDEF".repeat(4) + "\n");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));

    open(StoreCopies.ORDERED.encrypted(key)).close();

    assertThat(Files.readString(key)).startsWith("0123456789ABCDEF");
    Files.writeString(key, "0123");
    assertThatThrownBy(() -> open(StoreCopies.ORDERED.encrypted(key)))
        .hasMessageContaining("its key is not a line of 64 hexadecimal digits")
        .hasMessageContaining("Put " + key + " back from a backup");
  }

  @Test
  void tellsWhatContentsWouldCost() throws IOException {
    byte[] known = Chunks.random(1, 10_000);
    byte[] fresh = Chunks.random(2, 10_000);
    try (PackStore store = open(StoreCopies.ORDERED)) {
      StoreCopies.put(store, List.of(known));
      long before = store.stat().storedBytes();

      assertThat(store.costBytes(List.of(ByteBuffer.wrap(known)))).isZero();
      long cost =
          store.costBytes(
              List.of(
                  ByteBuffer.wrap(fresh), ByteBuffer.wrap(known), ByteBuffer.wrap(fresh.clone())));

      assertThat(store.stat().storedBytes()).isEqualTo(before);
      StoreCopies.put(store, List.of(fresh));
      assertThat(store.stat().storedBytes() - before).isBetween(cost - 100, cost);
      assertThat(store.costBytes(List.of(ByteBuffer.allocate(1 << 20)))).isLessThan(1_000);
    }
  }

  @Test
  void saysWhatMayStillCome() throws IOException {
    try (PackStore store = open(StoreCopies.ORDERED.withMaxBytes(100_000))) {
      StoreCopies.put(store, List.of(Chunks.random(1, 90_000)));

      assertThat(store.stat().roomBytes()).isEqualTo(100_000 - store.stat().storedBytes());
    }
    try (PackStore store = open(StoreCopies.ORDERED.withMinFreeBytes(Long.MAX_VALUE / 2))) {
      assertThat(store.stat().roomBytes()).isZero();
    }
  }

  @Test
  void refusesAStoreThatItDoesNotKnow() throws IOException {
    open(StoreCopies.ORDERED).close();
    Path description = scratch.resolve("store/store.json");

    Files.writeString(description, "{\"formatVersion\":2,\"encrypted\":false,\"keyProof\":\"\"}");
    assertThatThrownBy(() -> open(StoreCopies.ORDERED)).hasMessageContaining("it is of format 2");
    Files.writeString(description, "{\"formatVersion\":1,");
    assertThatThrownBy(() -> open(StoreCopies.ORDERED))
        .hasMessageContaining("store.json is damaged");
  }

  @Test
  void refusesNewChunksBeyondItsSize() throws IOException {
    try (PackStore store = open(StoreCopies.ORDERED.withMaxBytes(100_000))) {
      Map<ChunkId, byte[]> stored = StoreCopies.put(store, List.of(Chunks.random(1, 90_000)));

      assertThatThrownBy(() -> StoreCopies.put(store, List.of(Chunks.random(2, 20_000))))
          .hasCauseInstanceOf(StoreFullException.class)
          .hasMessageContaining("may take 100000 bytes and takes 90128");

      assertThat(StoreCopies.put(store, List.copyOf(stored.values()))).hasSize(1); // known
      store.collect(keep -> {});
      StoreCopies.put(store, List.of(Chunks.random(2, 20_000)));
      assertThat(store.check().clean()).isTrue();
    }
  }

  @Test
  void failsAFlushAfterAPutThatFailed() throws Exception {
    try (PackStore store = open(StoreCopies.ORDERED.withMaxBytes(1_000));
        ChunkWriter writer = store.writer()) {
      assertThat(writer.put(ByteBuffer.wrap(Chunks.random(1, 5_000))))
          .failsWithin(Duration.ofMinutes(1))
          .withThrowableThat()
          .withCauseInstanceOf(StoreFullException.class);
      assertThatThrownBy(writer::flush)
          .isInstanceOf(IOException.class)
          .hasCauseInstanceOf(StoreFullException.class);
      assertThat(writer.written()).isEqualTo(new ChunkWriter.Written(0, 0, 0, 0));
    }
  }

  @Test
  void leavesRoomOnItsDisk() throws IOException {
    try (PackStore store = open(StoreCopies.ORDERED.withMinFreeBytes(Long.MAX_VALUE))) {
      assertThatThrownBy(() -> StoreCopies.put(store, CONTENTS))
          .hasCauseInstanceOf(StoreFullException.class)
          .hasMessageContaining("leaves 9223372036854775807 of them free");
    }
  }

  @Test
  void tellsItsSize() throws IOException {
    try (PackStore store = open(StoreCopies.ORDERED)) {
      StoreCopies.put(store, List.of(Chunks.random(1, 1_000), Chunks.random(2, 2_000)));
      long stored = 64 + (64 + 1_000) + (64 + 2_000);
      StoreStat stat = store.stat();
      assertThat(stat)
          .isEqualTo(new StoreStat(1, 2, 3_000, stored, 0, Long.MAX_VALUE, stat.roomBytes()));
    }
    try (PackStore store = open(StoreCopies.ORDERED)) {
      assertThat(store.stat().storedBytes()).isEqualTo(Files.size(onlyPack()));
      assertThat(store.stat().deadBytes()).isZero();
    }
  }

  @Test
  void putsSmallPacksTogether() throws IOException {
    List<ChunkId> ids = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      try (PackStore store = open(StoreCopies.ORDERED)) {
        ids.addAll(StoreCopies.put(store, List.of(Chunks.half(i, 3_000))).keySet());
      }
    }
    try (PackStore store = open(StoreCopies.ORDERED)) {
      assertThat(store.stat().packs()).isEqualTo(10);

      assertThat(store.collect(keep -> ids.forEach(keep)).chunks()).isZero();

      assertThat(store.stat().packs()).isEqualTo(1);
      for (int i = 0; i < 10; i++) {
        assertThat(Chunks.read(store, ids.get(i))).isEqualTo(Chunks.half(i, 3_000));
      }
      assertThat(store.collect(keep -> ids.forEach(keep)).storedBytes()).isZero();
      assertThat(store.check().clean()).isTrue();
    }
  }

  @Test
  void isNotClosedForOthersByAReaderThatIsInterrupted() throws Exception {
    try (PackStore store = open(StoreCopies.ORDERED)) {
      Map<ChunkId, byte[]> stored = StoreCopies.put(store, CONTENTS);
      expect(store, stored);
      Thread interrupted =
          Thread.ofPlatform()
              .start(() -> {
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> expect(store, stored))
                    .isInstanceOf(InterruptedIOException.class);
              });
      interrupted.join();

      expect(store, stored);
    }
  }
}
