package org.letargo.archive.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.checkpoint.CheckpointStore;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.Checkpoints;
import org.letargo.archive.checkpoint.PagesWriter;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.store.testing.MemoryChunkStore;

/** Changed bytes of memory are counted by windows, as page by page comparison counts them. */
class MemoryComparisonTest {
  private static final int PAGE = PagesWriter.PAGE_BYTES;
  private static final int WINDOW = PagesWriter.WINDOW_BYTES;
  private static final String PAGEMAP = "pagemap-7.img";

  @TempDir Path scratch;
  private CheckpointStore store;
  private int taken;

  @BeforeEach
  void open() throws IOException {
    store = CheckpointStore.open(new MemoryChunkStore(), scratch.resolve("checkpoints"));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void countsTheWindowsThatAreNotAsTheyWere(long seed) throws IOException {
    var random = new Random(seed);
    TreeMap<Long, byte[]> before = memory(random);
    TreeMap<Long, byte[]> after = new TreeMap<>(before);
    for (long page : before.keySet()) {
      switch (random.nextInt(60)) {
        case 0 -> after.remove(page);
        case 1 -> after.put(page, page(random));
        case 2 -> after.put(page + (1L << 40), page(random));
        case 3 -> after.put(page, new byte[PAGE]);
        default -> {}
      }
    }

    MemoryChange change = compare(write(before, PAGEMAP), write(after, PAGEMAP));

    assertThat(change)
        .isEqualTo(
            new MemoryChange(
                (long) before.size() * PAGE,
                (long) after.size() * PAGE,
                (long) changedPages(before, after) * PAGE));
    assertThat(change.changedBytes()).isPositive();
  }

  @Test
  void findsNothingInMemoryThatOnlyMovesInItsFile() throws IOException {
    TreeMap<Long, byte[]> before = memory(new Random(9));
    TreeMap<Long, byte[]> after = new TreeMap<>(before);
    after.put(0x1000_0000L, page(new Random(10))); // before all others
    int first = write(before, PAGEMAP);

    assertThat(compare(first, write(after, PAGEMAP)).changedBytes()).isEqualTo(PAGE);
    assertThat(compare(first, first).isNone()).isTrue();
  }

  @Test
  void countsWhatIsInOneOfThemAlone() throws IOException {
    TreeMap<Long, byte[]> memory = memory(new Random(3));
    long bytes = (long) memory.size() * PAGE;
    try (StoredCheckpoint checkpoint = store.read(Checkpoints.id(write(memory, PAGEMAP)))) {
      assertThat(MemoryComparison.only(checkpoint, PAGEMAP, true))
          .isEqualTo(new MemoryChange(0, bytes, bytes));
      assertThat(MemoryComparison.only(checkpoint, PAGEMAP, false))
          .isEqualTo(new MemoryChange(bytes, 0, 0));
    }
  }

  /** Whoever forges a pagemap must not make anybody read behind the end of a file. */
  @Test
  void refusesAPagemapOfMorePagesThanThereAre() throws IOException {
    TreeMap<Long, byte[]> memory = memory(new Random(4));
    TreeMap<Long, byte[]> more = new TreeMap<>(memory);
    more.put(memory.lastKey() + PAGE, page(new Random(5)));
    int honest = write(memory, PAGEMAP);
    int forged = taken;
    try (CheckpointWriter writer = store.begin()) {
      try (PagesWriter pages = writer.pages("checkpoint/pages-3.img")) {
        memory.forEach((address, page) -> put(pages, address, page));
        pages.finish();
      }
      writer.file("checkpoint/" + PAGEMAP, pagemap(more));
      writer.commit(Checkpoints.description(Checkpoints.id(taken++)));
    }

    assertThatThrownBy(() -> compare(forged, honest))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("it has less pages than pagemap-7.img says");
  }

  private MemoryChange compare(int a, int b) throws IOException {
    try (StoredCheckpoint before = store.read(Checkpoints.id(a));
        StoredCheckpoint after = store.read(Checkpoints.id(b))) {
      return MemoryComparison.between(before, after, PAGEMAP);
    }
  }

  private static int changedPages(TreeMap<Long, byte[]> before, TreeMap<Long, byte[]> after) {
    int changed = 0;
    for (Long at = after.firstKey(); at != null; ) {
      long window = at & -WINDOW;
      var old = before.subMap(window, window + WINDOW);
      var now = after.subMap(window, window + WINDOW);
      boolean same =
          old.keySet().equals(now.keySet())
              && now.entrySet().stream()
                  .allMatch(page -> Arrays.equals(page.getValue(), old.get(page.getKey())));
      changed += same ? 0 : now.size();
      at = after.ceilingKey(window + WINDOW);
    }
    return changed;
  }

  private int write(TreeMap<Long, byte[]> memory, String name) throws IOException {
    try (CheckpointWriter writer = store.begin()) {
      try (PagesWriter pages = writer.pages("checkpoint/pages-3.img")) {
        memory.forEach((address, page) -> put(pages, address, page));
        pages.finish();
      }
      writer.file("checkpoint/" + name, pagemap(memory));
      writer.commit(Checkpoints.description(Checkpoints.id(taken)));
    }
    return taken++;
  }

  private static void put(PagesWriter pages, long address, byte[] page) {
    try {
      pages.put(address, ByteBuffer.wrap(page), () -> {});
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** One run per page: it is valid, if not short. */
  private static byte[] pagemap(TreeMap<Long, byte[]> memory) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(numbers(0x54564319, 0x56084025));
    message(out, 1, 3);
    memory.keySet().forEach(page -> message(out, 1, page, 2, 1, 4, 4));
    return out.toByteArray();
  }

  private static void message(ByteArrayOutputStream out, long... fieldsAndValues) {
    var body = new ByteArrayOutputStream();
    for (int i = 0; i < fieldsAndValues.length; i += 2) {
      body.write((int) fieldsAndValues[i] << 3);
      long value = fieldsAndValues[i + 1];
      for (; (value & ~0x7FL) != 0; value >>>= 7) {
        body.write((int) (value & 0x7F | 0x80));
      }
      body.write((int) value);
    }
    out.writeBytes(numbers(body.size()));
    out.writeBytes(body.toByteArray());
  }

  private static byte[] numbers(int... numbers) {
    var bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.stream(numbers).forEach(bytes::putInt);
    return bytes.array();
  }

  /** Runs of 1 to 60 pages, gaps of 1 to 20; many pages are zeros. */
  private static TreeMap<Long, byte[]> memory(Random random) {
    var memory = new TreeMap<Long, byte[]>();
    long address = 0x5555_0000_0000L;
    while (memory.size() < 1_000) {
      for (int i = 1 + random.nextInt(60); i > 0; i--) {
        memory.put(address, random.nextInt(3) == 0 ? new byte[PAGE] : page(random));
        address += PAGE;
      }
      address += (long) PAGE * (1 + random.nextInt(20));
    }
    return memory;
  }

  private static byte[] page(Random random) {
    byte[] page = new byte[PAGE];
    random.nextBytes(page);
    return page;
  }
}
