package org.letargo.archive.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.criu.MemoryLayout;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.testing.MemoryChunkStore;

/** Memory goes in by runs of pages and comes back by address. */
class StoredMemoryTest {
  private static final int PAGE = PagesWriter.PAGE_BYTES;
  private static final String PAGES = "checkpoint/pages-3.img";

  @TempDir Path scratch;
  private final MemoryChunkStore chunks = new MemoryChunkStore();
  private CheckpointStore store;
  private int taken;

  @BeforeEach
  void open() throws IOException {
    store = CheckpointStore.open(chunks, scratch.resolve("checkpoints"));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void givesBackEveryPageByItsAddress(long seed) throws IOException {
    TreeMap<Long, byte[]> memory = memory(new Random(seed), 2_000);
    CheckpointManifest manifest = write(memory);

    try (StoredCheckpoint checkpoint = store.read(manifest.checkpoint().id())) {
      StoredMemory stored = StoredMemory.open(checkpoint, "pagemap-7.img");
      assertThat(stored.layout().sizeBytes())
          .isEqualTo(manifest.file(PAGES).orElseThrow().sizeBytes())
          .isEqualTo((long) memory.size() * PAGE);
      for (var page : memory.entrySet()) {
        ByteBuffer into = ByteBuffer.allocate(PAGE);
        stored.read(page.getKey(), into);
        assertThat(into.array()).isEqualTo(page.getValue());
      }
      long hole = memory.lastKey() + PAGE;
      assertThat(stored.layout().offset(hole)).isEmpty();
      assertThatThrownBy(() -> stored.read(hole, ByteBuffer.allocate(PAGE)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("pagemap-7.img has no 4096 bytes at");
    }
  }

  @Test
  void cutsTheSameChunksHoweverThePagesAreHandedOver() throws IOException {
    TreeMap<Long, byte[]> memory = memory(new Random(5), 1_000);
    write(memory);
    int before = chunks.size();

    try (CheckpointWriter writer = store.begin()) {
      try (PagesWriter pages = writer.pages(PAGES)) { // page by page
        for (var page : memory.entrySet()) {
          pages.put(page.getKey(), ByteBuffer.wrap(page.getValue()), () -> {});
        }
        pages.finish();
      }
      try (PagesWriter pages = writer.pages("checkpoint/pages-4.img")) { // window by window
        for (long window : windows(memory)) {
          var content = new ByteArrayOutputStream();
          memory
              .subMap(window, window + PagesWriter.WINDOW_BYTES)
              .values()
              .forEach(content::writeBytes);
          pages.window(ByteBuffer.wrap(content.toByteArray()), () -> {});
        }
        pages.finish();
      }
      List<CheckpointFile> files =
          writer.commit(Checkpoints.description(Checkpoints.id(50))).files();

      assertThat(files.get(0).root()).isEqualTo(files.get(1).root());
    }
    assertThat(chunks.size()).isEqualTo(before);
  }

  /** Pages that come and go move all others in the file; what they are made of stays. */
  @Test
  void storesOnlyTheWindowsThatChangedThoughEverythingMoves() throws IOException {
    TreeMap<Long, byte[]> memory = memory(new Random(6), 4_000);
    write(memory);
    Set<ChunkId> before = ids();
    List<Long> pages = new ArrayList<>(memory.keySet());
    memory.remove(pages.get(10));
    memory.remove(pages.get(2_000));
    memory.get(pages.get(3_000))[17] ^= 1;

    write(memory);

    Set<ChunkId> after = ids();
    after.removeAll(before);
    assertThat(before).hasSizeGreaterThan(250);
    assertThat(after).hasSizeLessThanOrEqualTo(3);
  }

  @Test
  void releasesEveryBufferOnce() throws IOException {
    try (CheckpointWriter writer = store.begin();
        PagesWriter pages = writer.pages(PAGES)) {
      List<Integer> released = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        int which = i;
        byte[] content = new byte[(1 + i % 16) * PAGE];
        content[0] = (byte) (i % 3);
        pages.put(
            (long) i * PagesWriter.WINDOW_BYTES,
            ByteBuffer.wrap(content),
            () -> {
              released.add(which);
            });
      }
      pages.finish();
      assertThat(released).hasSize(500).doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 4096", "4096, 100", "61440, 8192"})
  void refusesWhatAreNoPagesOfOneWindow(long address, int bytes) throws IOException {
    try (CheckpointWriter writer = store.begin();
        PagesWriter pages = writer.pages(PAGES)) {
      assertThatThrownBy(() -> pages.put(address, ByteBuffer.allocate(bytes), () -> {}))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "4096,0", "4096,-1", "4096,4294967297", "-4096,1", "144115188075855872,1"})
  void refusesPagemapsThatNoMemoryHas(long address, long count) throws IOException {
    var image = new Pagemap(3);
    image.run(address, count, 4);

    assertThatThrownBy(
            () -> MemoryLayout.read(new ByteArrayInputStream(image.bytes()), "pagemap-7.img"))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("'pagemap-7.img' cannot be read: a run of");
  }

  @Test
  void countsOnlyWhatIsPresentAndRefusesWhatIsOutOfOrder() throws IOException {
    var image = new Pagemap(3);
    image.run(0x1000, 2, 4);
    image.run(0x10000, 5, 2);
    image.run(0x20000, 1, 6);

    MemoryLayout layout = MemoryLayout.read(new ByteArrayInputStream(image.bytes()), "p");

    assertThat(layout.pagesFile()).isEqualTo("pages-3.img");
    assertThat(layout.sizeBytes()).isEqualTo(3 * PAGE);
    assertThat(layout.offset(0x2004)).hasValue(0x1004);
    assertThat(layout.offset(0x10000)).isEmpty();
    assertThat(layout.offset(0x20000)).hasValue(0x2000);
    assertThat(layout.contiguousBytes(0x1004)).isEqualTo(2 * PAGE - 4);
    image.run(0x20000, 1, 4);
    assertThatThrownBy(() -> MemoryLayout.read(new ByteArrayInputStream(image.bytes()), "p"))
        .isInstanceOf(ArchiveException.class);
  }

  private CheckpointManifest write(TreeMap<Long, byte[]> memory) throws IOException {
    var image = new Pagemap(3);
    try (CheckpointWriter writer = store.begin()) {
      try (PagesWriter pages = writer.pages(PAGES)) {
        for (List<Long> run : runs(memory)) {
          var content = new ByteArrayOutputStream();
          run.forEach(page -> content.writeBytes(memory.get(page)));
          image.run(run.getFirst(), run.size(), 4);
          pages.copy(run.getFirst(), ByteBuffer.wrap(content.toByteArray()));
        }
        pages.finish();
      }
      writer.file("checkpoint/pagemap-7.img", image.bytes());
      return writer.commit(Checkpoints.description(Checkpoints.id(taken++)));
    }
  }

  private Set<ChunkId> ids() throws IOException {
    return new HashSet<>(ChunkIds.of(chunks, store.manifest(Checkpoints.id(taken - 1)), PAGES));
  }

  private static List<List<Long>> runs(TreeMap<Long, byte[]> memory) {
    List<List<Long>> runs = new ArrayList<>();
    for (long page : memory.keySet()) {
      if (runs.isEmpty() || runs.getLast().getLast() + PAGE != page) {
        runs.add(new ArrayList<>());
      }
      runs.getLast().add(page);
    }
    return runs;
  }

  private static Set<Long> windows(TreeMap<Long, byte[]> memory) {
    Set<Long> windows = new java.util.TreeSet<>();
    memory.keySet().forEach(page -> windows.add(page & -PagesWriter.WINDOW_BYTES));
    return windows;
  }

  /** Runs of 1 to 60 pages, gaps of 1 to 20; some pages are zeros. */
  private static TreeMap<Long, byte[]> memory(Random random, int pages) {
    var memory = new TreeMap<Long, byte[]>();
    long address = 0x5555_0000_0000L;
    while (memory.size() < pages) {
      for (int i = 1 + random.nextInt(60); i > 0; i--) {
        byte[] page = new byte[PAGE];
        if (random.nextInt(10) > 0) {
          random.nextBytes(page);
        }
        memory.put(address, page);
        address += PAGE;
      }
      address += (1L + random.nextInt(20)) * PAGE;
    }
    return memory;
  }

  /** A pagemap image as CRIU writes it. */
  private static final class Pagemap {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Pagemap(int pagesId) {
      word(0x54564319);
      word(0x56084025);
      message(1, pagesId);
    }

    void run(long address, long pages, int flags) {
      message(1, address, 2, pages, 4, flags);
    }

    byte[] bytes() {
      return out.toByteArray();
    }

    private void message(long... fields) {
      var message = new ByteArrayOutputStream();
      for (int i = 0; i < fields.length; i += 2) {
        message.write((int) fields[i] << 3);
        long rest = fields[i + 1];
        for (; (rest & ~0x7FL) != 0; rest >>>= 7) {
          message.write((int) (rest & 0x7F | 0x80));
        }
        message.write((int) rest);
      }
      word(message.size());
      out.writeBytes(message.toByteArray());
    }

    private void word(int value) {
      out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    }
  }
}
