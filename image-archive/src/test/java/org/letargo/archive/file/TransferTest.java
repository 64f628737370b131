package org.letargo.archive.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.ArchiveLimits;
import org.letargo.archive.Samples;
import org.letargo.archive.TransferProgress;
import org.letargo.archive.checkpoint.CheckpointManifest;
import org.letargo.archive.checkpoint.CheckpointStore;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.Checkpoints;
import org.letargo.archive.checkpoint.KeyedChunkStore;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.store.ChunkStore;
import org.letargo.archive.store.testing.MemoryChunkStore;

/** Checkpoints move from store to store, and only what the other lacks travels. */
class TransferTest {
  private static final ArchiveLimits PLENTY = new ArchiveLimits(1L << 40, 1L << 40);
  private static final String ID = Checkpoints.id(1);

  /** What there is of every kind, and little of it. */
  private static final Map<String, byte[]> SMALL =
      new TreeMap<>(
          Map.of(
              "checkpoint/core-1.img",
              Samples.halfRandom(new Random(1), 3000),
              "checkpoint/pages-1.img",
              Samples.halfRandom(new Random(2), 150_000),
              "deleted.files",
              new byte[0],
              "rootfs-diff.tar",
              new byte[70_000]));

  @TempDir Path scratch;
  private CheckpointStore source;
  private CheckpointStore target;
  private final List<Long> sent = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    source = store(new MemoryChunkStore());
    target = store(new MemoryChunkStore());
  }

  private CheckpointStore store(ChunkStore chunks) throws IOException {
    return CheckpointStore.open(chunks, scratch.resolve("store" + scratch.toFile().list().length));
  }

  /** Both ends at once, each on a thread of its own. */
  private CheckpointManifest move(String id, boolean packed) throws Exception {
    Pipe back = Pipe.open();
    Pipe forth = Pipe.open();
    try (InputStream answer = Channels.newInputStream(back.source());
        OutputStream wish = Channels.newOutputStream(back.sink());
        InputStream arriving = Channels.newInputStream(forth.source());
        OutputStream leaving = Channels.newOutputStream(forth.sink());
        ExecutorService threads = Executors.newFixedThreadPool(1)) {
      Callable<Boolean> sending =
          () -> {
            try (leaving;
                StoredCheckpoint checkpoint = source.read(id)) {
              TransferSender.send(
                  checkpoint, packed, answer, leaving, (done, total) -> sent.add(done));
              return true;
            }
          };
      Future<Boolean> sender = threads.submit(sending);
      CheckpointManifest received = receive(arriving, wish, target, PLENTY);
      assertThat(sender.get()).isTrue();
      return received;
    }
  }

  private static CheckpointManifest receive(
      InputStream in, OutputStream wish, CheckpointStore into, ArchiveLimits limits)
      throws IOException {
    var receiver = TransferReceiver.open(in);
    try (CheckpointWriter writer = into.begin()) {
      receiver.readInto(writer, wish, limits, TransferProgress.NONE);
      return writer.commit(receiver.manifest().checkpoint());
    }
  }

  /** What can be compared. */
  private static Map<String, ByteBuffer> wrapped(Map<String, byte[]> contents) {
    Map<String, ByteBuffer> wrapped = new TreeMap<>();
    contents.forEach((path, bytes) -> wrapped.put(path, ByteBuffer.wrap(bytes)));
    return wrapped;
  }

  private static Map<String, ByteBuffer> contents(CheckpointStore store, String id)
      throws IOException {
    Map<String, byte[]> contents = new TreeMap<>();
    try (StoredCheckpoint checkpoint = store.read(id)) {
      for (var file : checkpoint.manifest().files()) {
        contents.put(file.path(), checkpoint.file(file.path()).stream().readAllBytes());
      }
    }
    return wrapped(contents);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void givesTheSameCheckpoint(boolean packed) throws Exception {
    Map<String, byte[]> contents = Checkpoints.contents(1);
    CheckpointManifest written = Checkpoints.write(source, ID, contents);

    CheckpointManifest received = move(ID, packed);

    assertThat(received).isEqualTo(written);
    assertThat(contents(target, ID)).isEqualTo(wrapped(contents));
  }

  @Test
  void sendsOnlyWhatTheOtherLacks() throws Exception {
    Map<String, byte[]> contents = Checkpoints.contents(1);
    Checkpoints.write(source, ID, contents);
    move(ID, false);
    long all = sent.getLast();
    sent.clear();
    contents.get("checkpoint/pages-1.img")[12_345] ^= 1;
    Checkpoints.write(source, Checkpoints.id(2), contents);

    move(Checkpoints.id(2), false);

    assertThat(all).isGreaterThan(1 << 20);
    assertThat(sent.getLast()).isPositive().isLessThanOrEqualTo(64 << 10);
    assertThat(contents(target, Checkpoints.id(2))).isEqualTo(wrapped(contents));
    sent.clear();
    target.forget(ID);
    move(ID, false);
    assertThat(sent).isEmpty(); // its chunks are there still
  }

  @Test
  void sendsWhatComesOftenOnce() throws Exception {
    byte[] block = Samples.halfRandom(new Random(1), 64 << 10);
    byte[] often = new byte[20 * block.length];
    for (int at = 0; at < often.length; at += block.length) {
      System.arraycopy(block, 0, often, at, block.length);
    }
    Map<String, byte[]> contents =
        Map.of("rootfs-diff.tar", often, "checkpoint/pages-1.img", often);
    Checkpoints.write(source, ID, contents);

    move(ID, true);

    assertThat(sent.getLast()).isEqualTo(block.length);
    assertThat(contents(target, ID)).isEqualTo(wrapped(contents));
  }

  @Test
  void goesThroughStoresThatNameChunksByASecret() throws Exception {
    Map<String, byte[]> contents = new TreeMap<>(Checkpoints.contents(3));
    contents.put("checkpoint/pages-3.img", contents.get("checkpoint/pages-1.img")); // twice
    source = store(new KeyedChunkStore());
    target = store(new KeyedChunkStore());
    Checkpoints.write(source, ID, contents);

    move(ID, true);

    assertThat(contents(target, ID)).isEqualTo(wrapped(contents));
    CheckpointStore plain = store(new MemoryChunkStore());
    source = target;
    target = plain;
    move(ID, false);
    assertThat(contents(plain, ID)).isEqualTo(wrapped(contents));
  }

  @Test
  void movesACheckpointWithoutFiles() throws Exception {
    CheckpointManifest written = Checkpoints.write(source, ID, Map.of());

    assertThat(move(ID, true)).isEqualTo(written);
  }

  @Test
  void endsWhenTheReceiverIsGone() throws IOException {
    Checkpoints.write(source, ID, Checkpoints.contents(1));

    try (StoredCheckpoint checkpoint = source.read(ID)) {
      assertThatThrownBy(() ->
              TransferSender.send(
                  checkpoint,
                  true,
                  InputStream.nullInputStream(),
                  OutputStream.nullOutputStream(),
                  TransferProgress.NONE))
          .isInstanceOf(EOFException.class);
    }
  }

  /** What a sender sends to a receiver that has nothing. */
  private byte[] everything() throws Exception {
    var recorded = new ByteArrayOutputStream();
    try (StoredCheckpoint checkpoint = source.read(ID)) {
      TransferSender.send(
          checkpoint,
          true,
          new ByteArrayInputStream(wishOf(checkpoint)),
          recorded,
          TransferProgress.NONE);
    }
    return recorded.toByteArray();
  }

  /** What a receiver answers that has nothing. */
  private byte[] wishOf(StoredCheckpoint checkpoint) throws Exception {
    var outline = new ByteArrayOutputStream();
    assertThatThrownBy(() ->
            TransferSender.send(
                checkpoint, true, InputStream.nullInputStream(), outline, TransferProgress.NONE))
        .isInstanceOf(EOFException.class);
    var wish = new ByteArrayOutputStream();
    assertThatThrownBy(() ->
            receive(
                new ByteArrayInputStream(outline.toByteArray()),
                wish,
                store(new MemoryChunkStore()),
                PLENTY))
        .isInstanceOf(EOFException.class);
    return wish.toByteArray();
  }

  private void refused(byte[] bytes) throws IOException {
    var chunks = new MemoryChunkStore();
    CheckpointStore into = store(chunks);

    assertThatThrownBy(() ->
            receive(new ByteArrayInputStream(bytes), OutputStream.nullOutputStream(), into, PLENTY))
        .isInstanceOfAny(ArchiveException.class, EOFException.class);

    assertThat(into.list()).isEmpty();
    into.collect();
    assertThat(chunks.size()).isZero();
  }

  @Test
  void refusesWhatIsCutAnywhere() throws Exception {
    Checkpoints.write(source, ID, SMALL);
    byte[] whole = everything();
    receive(new ByteArrayInputStream(whole), OutputStream.nullOutputStream(), target, PLENTY);
    assertThat(target.list()).containsExactly(ID); // uncut it is good

    var random = new Random(7);
    for (int round = 0; round < 12; round++) {
      refused(Arrays.copyOf(whole, random.nextInt(whole.length)));
    }
    refused(Arrays.copyOf(whole, whole.length - 1));
    refused(Arrays.copyOf(whole, whole.length + 1)); // something behind the end
  }

  @Test
  void refusesWhatIsChangedAnywhere() throws Exception {
    Checkpoints.write(source, ID, SMALL);
    byte[] whole = everything();

    var random = new Random(8);
    for (int round = 0; round < 30; round++) {
      byte[] changed = whole.clone();
      int at = round < 12 ? round : random.nextInt(changed.length);
      changed[at] ^= (byte) (1 << random.nextInt(8));
      CheckpointStore into = store(new MemoryChunkStore());
      try {
        CheckpointManifest received =
            receive(
                new ByteArrayInputStream(changed), OutputStream.nullOutputStream(), into, PLENTY);
        // the words of the manifest have no hash; all that it names has
        assertThat(contents(into, received.checkpoint().id())).isEqualTo(wrapped(SMALL));
      } catch (ArchiveException | EOFException e) {
        assertThat(into.list()).as("byte %s", at).isEmpty();
      }
    }
  }

  @Test
  void believesNoLength() throws Exception {
    Checkpoints.write(source, ID, SMALL);
    byte[] whole = everything();

    for (int claimed : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 17 << 20}) {
      byte[] changed = whole.clone();
      System.arraycopy(
          TransferFormat.length(claimed), 0, changed, TransferFormat.MAGIC.length, Integer.BYTES);
      refused(changed);
    }
  }

  @Test
  void refusesMoreThanFitsBeforeItAsksForAnything() throws Exception {
    Checkpoints.write(source, ID, SMALL);
    var wish = new ByteArrayOutputStream();

    assertThatThrownBy(() ->
            receive(
                new ByteArrayInputStream(everything()),
                wish,
                target,
                new ArchiveLimits(1L << 40, 200_000)))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("does not fit on the disk");

    assertThat(wish.size()).isZero();
  }
}
