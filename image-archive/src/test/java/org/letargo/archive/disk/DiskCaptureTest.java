package org.letargo.archive.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.archive.checkpoint.CheckpointStore;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.Checkpoints;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.store.testing.MemoryChunkStore;

/** Whatever was known before: what is captured is what a full capture writes, to the byte. */
@EnabledIf(
    value = "org.letargo.archive.disk.KernelFileSystemCalls#isUsable",
    disabledReason = "device nodes and trusted attributes need root")
class DiskCaptureTest {
  private static final IdRange IDS = new IdRange(100_000);

  /** So late that every change before it is an old one. */
  private static final InstantSource LATER = () -> Instant.now().plusSeconds(3600);

  @TempDir Path scratch;
  private final FileSystemCalls calls = new KernelFileSystemCalls();
  private final MemoryChunkStore chunks = new MemoryChunkStore();
  private CheckpointStore store;
  private Path upper;
  private Path index;
  private int taken;

  @BeforeEach
  void directories() throws IOException {
    store = CheckpointStore.open(chunks, scratch.resolve("checkpoints"));
    upper = Files.createDirectory(scratch.resolve("upper"));
    index = scratch.resolve("disk.index");
    owned(upper);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void capturesWhatAFullCaptureWouldAfterAnyChanges(long seed) throws IOException {
    new RandomTree(seed, calls, IDS).fill(upper, 120);
    var random = new Random(seed);
    var mutations = new RandomMutations(random, upper, calls, IDS);

    for (int round = 0; round < 8; round++) {
      try (CheckpointWriter writer = store.begin()) {
        if (random.nextInt(4) > 0) {
          capture(LATER).scan(upper, writer, Set::of);
        }
        nextTick();
        mutations.make(random.nextInt(6));

        capture(LATER).capture(upper, writer, Set.of());

        commit(writer);
      }
      assertSameAsFull();
      nextTick();
      mutations.make(random.nextInt(12));
      switch (random.nextInt(5)) {
        case 0 -> Files.deleteIfExists(index);
        case 1 -> flip(index, random);
        case 2 -> forgetAll();
        default -> {} // as it is
      }
    }
  }

  @Test
  void readsNothingOfADiskThatHasNotChanged() throws IOException {
    new RandomTree(11, calls, IDS).fill(upper, 200);
    DiskReads first = captured(LATER, Set.of());

    DiskReads second = captured(LATER, Set.of());

    assertThat(first.knownFiles()).isZero();
    assertThat(second).isEqualTo(new DiskReads(0, 0, first.readFiles(), first.readBytes(), 0, 0));
    assertSameAsFull();
  }

  @Test
  void readsUnderTheFreezeOnlyWhatChangedSinceTheScan() throws IOException {
    for (int i = 0; i < 10_000; i++) {
      if (i % 100 == 0) {
        owned(Files.createDirectory(upper.resolve("d" + i / 100)));
      }
      owned(Files.writeString(upper.resolve("d" + i / 100 + "/f" + i), "content " + i));
    }
    try (CheckpointWriter writer = store.begin()) {
      DiskReads scanned = capture(LATER).scan(upper, writer, Set::of);
      nextTick();
      for (int i : List.of(5, 5_000, 9_999)) {
        Files.writeString(upper.resolve("d" + i / 100 + "/f" + i), "Content " + i);
      }

      DiskReads frozen = capture(LATER).capture(upper, writer, Set.of()).reads();

      commit(writer);
      assertThat(scanned.readFiles()).isEqualTo(10_000);
      assertThat(frozen.readFiles()).isEqualTo(3);
      assertThat(frozen.knownFiles()).isEqualTo(9_997);
    }
    assertSameAsFull();
  }

  @Test
  void readsAFileAgainThatWasChangedJustBeforeItWasRead() throws IOException {
    Path file = owned(Files.writeString(upper.resolve("file"), "content"));
    FileStatus status = calls.status(file);
    Instant changed = Instant.ofEpochSecond(status.changedSeconds(), status.changedNanos());
    InstantSource sameTick = () -> changed.plusMillis(3);

    captured(sameTick, Set.of());
    DiskReads again = captured(sameTick, Set.of());
    DiskReads later = captured(() -> changed.plusSeconds(5), Set.of());
    DiskReads last = captured(() -> changed.plusSeconds(5), Set.of());

    assertThat(again.readFiles()).isEqualTo(1);
    assertThat(later.readFiles()).isEqualTo(1);
    assertThat(last.readFiles()).isZero();
  }

  @Test
  void takesNoScanForTrueWhileAFileIsOpenForWriting() throws IOException {
    Path file = owned(Files.writeString(upper.resolve("file"), "content"));
    FileId id = calls.status(file).id();
    try (CheckpointWriter writer = store.begin()) {
      capture(LATER).scan(upper, writer, () -> Set.of(id));

      assertThat(capture(LATER).capture(upper, writer, Set.of()).reads().readFiles()).isEqualTo(1);
      commit(writer);
    }
    try (CheckpointWriter writer = store.begin()) { // as it was at the freeze, so no write began
      capture(LATER).scan(upper, writer, () -> Set.of(id));

      assertThat(capture(LATER).capture(upper, writer, Set.of()).reads().readFiles()).isZero();
    }
  }

  /** A page that is dirty already is written without a word: its time does not change. */
  @Test
  void seesWhatIsWrittenThroughAMapping() throws IOException {
    Path file = owned(Files.write(upper.resolve("mapped"), new byte[100_000]));
    FileId id = calls.status(file).id();
    try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer mapping = channel.map(FileChannel.MapMode.READ_WRITE, 0, 100_000);
      for (byte i = 1; i < 20; i++) {
        mapping.put(5_000, i);

        DiskReads reads = captured(LATER, Set.of(id));

        assertThat(reads.readFiles()).isEqualTo(1);
        assertSameAsFull();
      }
      mapping.put(5_000, (byte) 99);
    }

    DiskReads unmapped = captured(LATER, Set.of()); // nobody knows any more that it was

    assertThat(unmapped.readFiles()).isEqualTo(1);
    assertSameAsFull();
  }

  @Test
  void seesAFileThatWasReplacedByOneOfTheSameSizeAndTime() throws IOException {
    Path file = owned(Files.writeString(upper.resolve("file"), "before"));
    FileTime time = Files.getLastModifiedTime(file);
    captured(LATER, Set.of());

    Path other = owned(Files.writeString(upper.resolve("other"), "after!"));
    Files.setLastModifiedTime(other, time);
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);

    assertThat(captured(LATER, Set.of()).readFiles()).isEqualTo(1);
    assertSameAsFull();
  }

  @Test
  void seesAWriteWhoseTimeWasSetBack() throws IOException {
    Path file = owned(Files.writeString(upper.resolve("file"), "before"));
    FileTime time = Files.getLastModifiedTime(file);
    captured(LATER, Set.of());
    nextTick();

    Files.writeString(file, "after!");
    Files.setLastModifiedTime(file, time);

    assertThat(captured(LATER, Set.of()).readFiles()).isEqualTo(1);
    assertSameAsFull();
  }

  @Test
  void readsAgainWhoseChunksAreGone() throws IOException {
    owned(Files.write(upper.resolve("file"), new byte[] {1, 2, 3}));
    captured(LATER, Set.of());
    forgetAll();

    assertThat(captured(LATER, Set.of()).readFiles()).isEqualTo(1);
    assertSameAsFull();
  }

  @Test
  void keepsNoChunksOfAScanWhoseCheckpointIsGivenUp() throws IOException {
    owned(Files.write(upper.resolve("file"), new byte[] {1, 2, 3}));
    try (CheckpointWriter writer = store.begin()) {
      capture(LATER).scan(upper, writer, Set::of);
    }

    store.collect();

    assertThat(chunks.size()).isZero();
    captured(LATER, Set.of());
    assertSameAsFull();
  }

  @Test
  void neitherFollowsLinksNorWaitsForPipesWhileTheVpsRuns() throws IOException {
    owned(Files.createSymbolicLink(upper.resolve("etc"), Path.of("/etc")));
    calls.makeNode(upper.resolve("pipe"), FileStatus.Type.FIFO, 0600, 0, 0);
    owned(upper.resolve("pipe"));
    try (CheckpointWriter writer = store.begin()) {
      DiskReads reads = capture(LATER).scan(upper, writer, Set::of);

      assertThat(reads).isEqualTo(DiskReads.NONE);
    }
  }

  @Test
  void sharesAllOfALargeFileButTheChangedPart() throws IOException {
    byte[] content = new byte[8 << 20];
    new Random(1).nextBytes(content);
    Path file = owned(Files.write(upper.resolve("file"), content));
    captured(LATER, Set.of());
    int before = chunks.size();
    nextTick();

    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 3 << 20);
    }
    owned(Files.write(upper.resolve("a"), new byte[700])); // moves everything in the tar
    captured(LATER, Set.of());

    assertThat(chunks.size() - before).isLessThanOrEqualTo(4); // it, the new file, recipe nodes
    assertSameAsFull();
  }

  private DiskCapture capture(InstantSource clock) {
    return new DiskCapture(calls, IDS, index, clock);
  }

  private DiskReads captured(InstantSource clock, Set<FileId> mapped) throws IOException {
    try (CheckpointWriter writer = store.begin()) {
      DiskReads reads = capture(clock).capture(upper, writer, mapped).reads();
      commit(writer);
      return reads;
    }
  }

  private void commit(CheckpointWriter writer) throws IOException {
    writer.commit(Checkpoints.description(Checkpoints.id(taken++ % 60)));
  }

  /** The last checkpoint against what is written without any store. */
  private void assertSameAsFull() throws IOException {
    Path full = Files.createTempDirectory(scratch, "full");
    new DiskChangesWriter(calls, IDS).write(upper, full);
    try (StoredCheckpoint checkpoint = store.read(store.list().getLast())) {
      for (String file : List.of(DiskChanges.TAR, DiskChanges.DELETED)) {
        try (InputStream stored = checkpoint.file(file).stream()) {
          Path copy = full.resolve(file + ".stored");
          Files.copy(stored, copy);
          assertThat(Files.mismatch(copy, full.resolve(file))).as(file).isEqualTo(-1);
        }
      }
    }
  }

  private void forgetAll() throws IOException {
    for (String id : store.list()) {
      store.forget(id);
    }
    store.collect();
  }

  private static void flip(Path file, Random random) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    Files.write(file, bytes);
  }

  /** Until the kernel's clock gives other change times than before. */
  private void nextTick() throws IOException {
    Path probe = Files.createTempFile(scratch, "tick", "");
    FileStatus before = calls.status(probe);
    await()
        .until(() -> {
          Files.write(probe, new byte[] {1});
          FileStatus now = calls.status(probe);
          return now.changedNanos() != before.changedNanos();
        });
  }

  private Path owned(Path path) throws IOException {
    calls.changeOwner(path, IDS.toHost(0), IDS.toHost(0));
    return path;
  }
}
