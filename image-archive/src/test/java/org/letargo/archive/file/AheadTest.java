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
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.checkpoint.CheckpointStore;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.ChunksAhead;
import org.letargo.archive.checkpoint.KeyedChunkStore;
import org.letargo.archive.store.ChunkStore;
import org.letargo.archive.store.testing.MemoryChunkStore;

/** Chunks go from one store to another before anything names them. */
class AheadTest {
  private static final int CHUNK = 64 << 10;

  @TempDir Path scratch;
  private final MemoryChunkStore source = new MemoryChunkStore();
  private final MemoryChunkStore target = new MemoryChunkStore();
  private final Random random = new Random(5);

  /** What a sender gives, how often it syncs. */
  private interface Sending {
    void give(AheadSender sender) throws IOException;
  }

  private CheckpointStore store(ChunkStore chunks) throws IOException {
    return CheckpointStore.open(chunks, scratch.resolve("store" + scratch.toFile().list().length));
  }

  private byte[] noise(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static void give(AheadSender sender, byte[] content) throws IOException {
    sender.chunk(ByteBuffer.wrap(content), () -> {});
  }

  private static byte[] read(ChunkStore store, byte[] content) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(content.length);
    store.read(PlainRecipes.sha256(ByteBuffer.wrap(content)), into);
    return into.array();
  }

  /** Both ends at once, each on a thread of its own; how much has come. */
  private long send(ChunkStore from, boolean plain, ChunkStore to, boolean packed, Sending sending)
      throws Exception {
    Pipe back = Pipe.open();
    Pipe forth = Pipe.open();
    try (InputStream answer = Channels.newInputStream(back.source());
        OutputStream wish = Channels.newOutputStream(back.sink());
        InputStream arriving = Channels.newInputStream(forth.source());
        ExecutorService threads = Executors.newFixedThreadPool(1);
        CheckpointWriter kept = store(to).begin();
        CheckpointWriter own = store(from).begin();
        ChunksAhead into = kept.ahead();
        ChunksAhead beside = own.ahead()) {
      Future<Long> receiving =
          threads.submit(() -> AheadReceiver.receive(arriving, wish, into, _ -> {}));
      try (OutputStream leaving = Channels.newOutputStream(forth.sink());
          AheadSender sender = AheadSender.begin(beside, plain, packed, answer, leaving)) {
        sending.give(sender);
      }
      return receiving.get();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sendsWhatIsGivenAndKeepsItHereToo(boolean packed) throws Exception {
    List<byte[]> contents = new ArrayList<>();
    for (int i = 0; i < 700; i++) { // more than one offer
      contents.add(noise(1 + random.nextInt(CHUNK)));
    }
    contents.add(Arrays.copyOf(noise(10), 1 << 20)); // the longest
    contents.add(Arrays.copyOf(noise(10), 1 << 20));

    long came =
        send(
            source,
            true,
            target,
            packed,
            sender -> {
              for (byte[] content : contents) {
                give(sender, content);
              }
              sender.sync();
              for (byte[] content : contents) {
                assertThat(read(target, content)).isEqualTo(content); // all of it, by now
              }
            });

    assertThat(came).isEqualTo(contents.stream().mapToLong(one -> one.length).sum());
    for (byte[] content : contents) {
      assertThat(read(source, content)).isEqualTo(content);
    }
  }

  @Test
  void offersEachContentOnceAndSendsWhatTheOtherLacks() throws Exception {
    byte[] there = noise(CHUNK);
    byte[] fresh = noise(CHUNK);
    byte[] later = noise(CHUNK);
    target.writer().put(ByteBuffer.wrap(there)).get();

    long came =
        send(
            source,
            true,
            target,
            true,
            sender -> {
              give(sender, there);
              give(sender, fresh);
              give(sender, fresh);
              give(sender, new byte[CHUNK]);
              sender.sync();
              assertThat(sender.newBytes()).isEqualTo(2 * CHUNK);
              assertThat(sender.askedBytes()).isEqualTo(CHUNK);
              give(sender, there);
              give(sender, fresh);
              sender.sync();
              assertThat(sender.newBytes()).as("a round without changes").isEqualTo(2 * CHUNK);
              give(sender, later);
              sender.sync();
              assertThat(sender.newBytes()).isEqualTo(3 * CHUNK);
            });

    assertThat(came).isEqualTo(2 * CHUNK);
    assertThat(target.size()).isEqualTo(3);
  }

  @Test
  void releasesABufferAtOnce() throws Exception {
    byte[] buffer = noise(CHUNK);
    byte[] first = buffer.clone();

    send(
        source,
        true,
        target,
        false,
        sender -> {
          int[] released = {0};
          sender.chunk(ByteBuffer.wrap(buffer), () -> released[0]++);
          assertThat(released[0]).isOne();
          Arrays.fill(buffer, (byte) 7); // the program goes on writing
          sender.sync();
        });

    assertThat(read(target, first)).isEqualTo(first);
  }

  @Test
  void goesThroughStoresThatNameChunksByASecret() throws Exception {
    byte[] content = noise(CHUNK);

    assertThat(
            send(new KeyedChunkStore(), false, target, true, sender -> give(sender, content, true)))
        .isEqualTo(CHUNK);
    assertThat(read(target, content)).isEqualTo(content);
    assertThat(
            send(source, true, new KeyedChunkStore(), true, sender -> give(sender, content, true)))
        .isEqualTo(CHUNK);
  }

  private static void give(AheadSender sender, byte[] content, boolean sync) throws IOException {
    give(sender, content);
    if (sync) {
      sender.sync();
    }
  }

  @Test
  void goesOnWithoutTheStoreHereWhenThatIsFull() throws Exception {
    byte[] first = noise(CHUNK);
    byte[] second = noise(CHUNK);
    source.refusePuts("no room");

    send(
        source,
        true,
        target,
        true,
        sender -> {
          give(sender, first, true);
          assertThat(sender.storeIsFull()).isTrue();
          give(sender, second, true);
        });

    assertThat(read(target, first)).isEqualTo(first);
    assertThat(read(target, second)).isEqualTo(second);
    assertThat(source.size()).isZero();
  }

  @Test
  void letsGoOfWhatCameWhenTheWriterIsClosed() throws Exception {
    byte[] content = noise(CHUNK);
    CheckpointStore kept = store(target);
    try (CheckpointWriter writer = kept.begin();
        ChunksAhead ahead = writer.ahead()) {
      byte[] recorded = recorded(content);
      AheadReceiver.receive(
          new ByteArrayInputStream(recorded), OutputStream.nullOutputStream(), ahead, _ -> {});
      kept.collect();
      assertThat(target.size()).isOne();
    }
    kept.collect();
    assertThat(target.size()).isZero();
  }

  @Test
  void endsWhenTheReceiverIsGone() throws IOException {
    try (CheckpointWriter own = store(source).begin();
        ChunksAhead beside = own.ahead();
        AheadSender sender =
            AheadSender.begin(
                beside,
                true,
                true,
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream())) {
      give(sender, noise(CHUNK));
      assertThatThrownBy(sender::sync).isInstanceOf(EOFException.class);
    }
  }

  /** What a sender sends of one chunk to a receiver that has nothing. */
  private byte[] recorded(byte[] content) throws IOException {
    var out = new ByteArrayOutputStream();
    try (CheckpointWriter own = store(new MemoryChunkStore()).begin();
        ChunksAhead beside = own.ahead();
        AheadSender sender =
            AheadSender.begin(
                beside, true, true, new ByteArrayInputStream(new byte[] {1, 1}), out)) {
      give(sender, content);
      sender.sync();
    }
    return out.toByteArray();
  }

  private void receive(byte[] bytes) throws IOException {
    try (CheckpointWriter writer = store(new MemoryChunkStore()).begin();
        ChunksAhead ahead = writer.ahead()) {
      AheadReceiver.receive(
          new ByteArrayInputStream(bytes), OutputStream.nullOutputStream(), ahead, _ -> {});
    }
  }

  private static final int COUNT_AT = AheadFormat.MAGIC.length;
  private static final int LENGTH_AT = COUNT_AT + Integer.BYTES;

  @Test
  void believesNoNumber() throws IOException {
    byte[] whole = recorded(noise(100));
    receive(whole); // unchanged it is good

    for (int claimed : new int[] {-1, 1025, 1 << 23, 1 << 24, Integer.MIN_VALUE}) {
      byte[] count = whole.clone();
      System.arraycopy(TransferFormat.length(claimed), 0, count, COUNT_AT, Integer.BYTES);
      assertThatThrownBy(() -> receive(count))
          .isInstanceOf(ArchiveException.class)
          .hasMessageContaining("chunks at once");
    }
    for (int claimed : new int[] {0, -1, (1 << 20) + 1, Integer.MAX_VALUE}) {
      byte[] length = whole.clone();
      System.arraycopy(TransferFormat.length(claimed), 0, length, LENGTH_AT, Integer.BYTES);
      assertThatThrownBy(() -> receive(length))
          .isInstanceOf(ArchiveException.class)
          .hasMessageContaining("it offers a chunk of");
    }
  }

  @Test
  void refusesWhatIsCutOrChangedAnywhere() throws IOException {
    byte[] whole = recorded(noise(100));
    int last = whole.length - Integer.BYTES; // where only the sync is behind
    for (int length = 0; length < last; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      if (length != COUNT_AT) { // there it is a stream without chunks
        assertThatThrownBy(() -> receive(cut))
            .as("cut at %s", length)
            .isInstanceOfAny(EOFException.class, ArchiveException.class);
      }
    }
    for (int at = 0; at < last; at++) {
      byte[] changed = whole.clone();
      changed[at] ^= (byte) (1 << random.nextInt(8));
      assertThatThrownBy(() -> receive(changed))
          .as("byte %s", at)
          .isInstanceOfAny(EOFException.class, ArchiveException.class);
    }
  }
}
