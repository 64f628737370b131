package org.letargo.hook.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;

/** Over a real connection, with an engine that says what the test wants. */
@Timeout(60)
class PageReceiverTest {
  private static final PageProtocol PROTOCOL = PageProtocol.SINCE_4_2;
  private static final PageObject INIT = PageObject.process(1);
  private static final int PRESENT = PageHeader.FLAG_PRESENT;
  private static final int LAZY = PageHeader.FLAG_PRESENT | PageHeader.FLAG_LAZY;
  private static final Duration LONGEST = Duration.ofSeconds(20);
  private static final long WINDOW = PageSink.WINDOW_BYTES;

  @TempDir Path images;
  private final RecordingSink sink = new RecordingSink();
  private final PageBuffers buffers = new PageBuffers(2L * PageBuffers.SLAB_BYTES);

  @AfterEach
  void expectNothingLeft() {
    assertThat(buffers.lentBytes()).isZero();
    buffers.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("pages-"));
  }

  private PageReceiver receiver(
      PageProtocol protocol, UnaryOperator<PageReceiver.Setup> otherwise) {
    return PageReceiver.open(
        otherwise.apply(
            new PageReceiver.Setup(protocol, images, sink, buffers, Client.self(), LONGEST)));
  }

  private PageReceiver receiver() {
    return receiver(PROTOCOL, setup -> setup);
  }

  @ParameterizedTest
  @EnumSource(PageProtocol.class)
  void handsOnADumpInWindows(PageProtocol protocol) throws IOException {
    try (PageReceiver receiver = receiver(protocol, setup -> setup);
        Client engine = Client.connect(receiver, protocol)) {
      engine.open(INIT);
      engine.add(INIT, 3 * WINDOW - 0x2000, 4, PRESENT);
      engine.add(INIT, 3 * WINDOW + 0x4000, 1, LAZY);
      engine.add(INIT, 9 * WINDOW + 0x1000, 1, PRESENT);
      engine.open(PageObject.sharedMemory(7));
      engine.add(PageObject.sharedMemory(7), 0, 16, PRESENT);

      int status = engine.close(PageHeader.CLOSE);
      PageReceiver.Totals totals = receiver.await(LONGEST);

      assertThat(status).isZero();
      assertThat(totals).isEqualTo(new PageReceiver.Totals(2, 22));
      assertThat(sink.calls)
          .containsExactly(
              "begin PROCESS 1 pages-1",
              "run 2e000 4",
              "window 20000 2e2f",
              "run 34000 1 lazy",
              "run 91000 1",
              "window 30000 303134",
              "window 90000 91",
              "end",
              "begin SHARED_MEMORY 7 pages-2",
              "run 0 16",
              "window 0 000102030405060708090a0b0c0d0e0f",
              "end",
              "finish");
    }
  }

  @ParameterizedTest
  @EnumSource(PageProtocol.class)
  void writesThePagemaps(PageProtocol protocol) throws IOException {
    try (PageReceiver receiver = receiver(protocol, setup -> setup);
        Client engine = Client.connect(receiver, protocol)) {
      engine.open(INIT);
      engine.add(INIT, 0x400000, 2, PRESENT);
      engine.add(INIT, 0x7fff_0000_0000L, 3, LAZY);
      engine.open(PageObject.sharedMemory(7));
      assertThat(engine.close(PageHeader.FORCE_CLOSE)).isZero();
      receiver.await(LONGEST);

      assertThat(Pagemap.read(images.resolve("pagemap-1.img")))
          .isEqualTo(
              new Pagemap(
                  1,
                  List.of(
                      new PageRun(0x400000, 2, false, true),
                      new PageRun(0x7fff_0000_0000L, 3, true, true))));
      assertThat(Pagemap.read(images.resolve("pagemap-shmem-7.img")))
          .isEqualTo(new Pagemap(2, List.of()));
    }
  }

  @Test
  void takesMoreThanItHasMemoryFor() throws IOException {
    int pages = 5 * PageBuffers.SLAB_BYTES / PageRun.PAGE_BYTES;
    try (PageReceiver receiver = receiver();
        Client engine = Client.connect(receiver, PROTOCOL)) {
      engine.open(INIT);
      for (int i = 0; i < 4; i++) { // an odd offset each: windows that do not fit into a slab
        engine.add(INIT, 0x1000_3000L + 2L * i * pages * PageRun.PAGE_BYTES, pages + i, LAZY);
      }
      engine.close(PageHeader.CLOSE);

      assertThat(receiver.await(LONGEST).pages()).isEqualTo(4L * pages + 6);
      assertThat(sink.calls).filteredOn(call -> call.startsWith("window")).hasSize(4 * 321);
    }
  }

  @Test
  void saysThatThereIsNoEarlierDump() throws IOException {
    try (PageReceiver receiver = receiver();
        Client engine = Client.connect(receiver, PROTOCOL)) {
      engine.send(PageHeader.PARENT, 0, 0, 0, INIT.encoded());
      assertThat(engine.expect(Integer.BYTES).getInt()).isZero();
      engine.send(PageHeader.OPEN2, 0, 0, 0, INIT.encoded());
      assertThat(engine.expect(1).get()).isZero();
    }
  }

  /** Something that no engine says. */
  private record Lie(String title, Telling telling, String why) {
    interface Telling {
      void tell(Client engine) throws IOException;
    }

    @Override
    public String toString() {
      return title;
    }
  }

  static List<Lie> lies() {
    long id = INIT.encoded();
    return List.of(
        new Lie("an unknown command", e -> e.send(0x55, 0, 0, 0, 0), "unknown command 85"),
        new Lie("a request of a restore", e -> e.send(PageHeader.GET, 0, 1, 0, 1), "command 7"),
        new Lie("a type without a number", e -> e.send(4, 0, 0, 0, 0x109), "not: 109"),
        new Lie("a number that is too large", e -> e.send(4, 0, 0, 0, 1L << 40 | 1), "object"),
        new Lie("pages before an object", e -> e.send(6, PRESENT, 1, 0, id), "not open"),
        new Lie(
            "pages of another object", e -> opened(e).send(6, PRESENT, 1, 0, 0x201), "not open"),
        new Lie("an object twice", e -> opened(e).send(4, 0, 0, 0, id), "twice"),
        new Lie("no pages", e -> opened(e).send(6, PRESENT, 0, 0, id), "0 pages at 0"),
        new Lie("too many pages", e -> opened(e).send(6, PRESENT, 1L << 46, 0, id), "pages at 0"),
        new Lie(
            "more pages than there are bytes",
            e -> opened(e).send(6, PRESENT, Long.MAX_VALUE, 0, id),
            "pages"),
        new Lie("a crooked address", e -> opened(e).send(6, PRESENT, 1, 77, id), "pages at 4d"),
        new Lie(
            "an address of the kernel",
            e -> opened(e).send(6, PRESENT, 1, -4096, id),
            "pages at f"),
        new Lie(
            "the end of memory",
            e -> opened(e).send(6, PRESENT, 2, (1L << 57) - 4096, id),
            "pages"),
        new Lie("no content", e -> opened(e).send(6, PageHeader.FLAG_LAZY, 1, 0, id), "flags 2"),
        new Lie(
            "pages of an earlier dump",
            e -> opened(e).send(6, PageHeader.FLAG_PARENT, 1, 0, id),
            "flags 1"),
        new Lie("unknown flags", e -> opened(e).send(6, 0x8004, 1, 0, id), "flags 32772"),
        new Lie(
            "an address that went back",
            e -> {
              opened(e).add(INIT, 0x5000, 1, PRESENT);
              e.send(PageHeader.ADD_F, PRESENT, 1, 0x5000, id);
            },
            "pages at 5000, behind 6000"));
  }

  private static Client opened(Client engine) throws IOException {
    engine.open(INIT);
    return engine;
  }

  @ParameterizedTest
  @MethodSource("lies")
  void cutsOffWhoLies(Lie lie) throws IOException {
    try (PageReceiver receiver = receiver();
        Client engine = Client.connect(receiver, PROTOCOL)) {
      lie.telling().tell(engine);

      engine.awaitEnd();

      assertThatThrownBy(() -> receiver.await(LONGEST))
          .isInstanceOf(VpsException.class)
          .hasMessageContaining("cannot take the memory of the VPS")
          .hasMessageContaining(lie.why());
      assertThat(sink.calls).doesNotContain("finish");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 32, 33, 64, 4096, 65_000})
  void doesNotTakeATruncatedDumpForAWholeOne(int bytes) throws IOException {
    ByteBuffer whole = ByteBuffer.allocate(64 + 16 * PageRun.PAGE_BYTES);
    ByteBuffer header = PROTOCOL.allocateHeader();
    PROTOCOL.put(new PageHeader(PageHeader.OPEN2, 0, 0, 0, INIT.encoded()), header);
    whole.put(header.flip());
    PROTOCOL.put(new PageHeader(PageHeader.ADD_F, PRESENT, 16, 0, INIT.encoded()), header.clear());
    whole.put(header.flip()).clear().limit(bytes);
    try (PageReceiver receiver = receiver()) {
      try (Client engine = Client.connect(receiver, PROTOCOL)) {
        engine.send(PageHeader.PARENT, 0, 0, 0, INIT.encoded());
        engine.expect(Integer.BYTES); // it knows us
        engine.send(whole);
      }

      assertThatThrownBy(() -> receiver.await(LONGEST))
          .hasMessageMatching(
              "cannot take .*: (the connection ended early|Connection reset|Broken pipe).*");
      assertThat(sink.calls).doesNotContain("finish");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void survivesNoise(long seed) throws IOException {
    Random random = new Random(seed);
    try (PageReceiver receiver = receiver();
        Client engine = Client.connect(receiver, PROTOCOL)) {
      engine.open(INIT);
      byte[] noise = new byte[random.nextInt(1 << 18)];
      random.nextBytes(noise);
      if (random.nextBoolean()) { // noise that begins well
        ByteBuffer header = PROTOCOL.allocateHeader();
        PROTOCOL.put(
            new PageHeader(
                PageHeader.ADD_F, PRESENT, random.nextLong(1 << 20), 0x1000, INIT.encoded()),
            header);
        engine.send(header.flip());
      }
      try {
        engine.send(ByteBuffer.wrap(noise));
      } catch (IOException e) {
        // it has had enough already
      }
      engine.hangUp();

      assertThatThrownBy(() -> receiver.await(LONGEST)).isInstanceOf(VpsException.class);
      assertThat(sink.calls).doesNotContain("finish");
    }
  }

  @Test
  void letsNobodyInOnceTheEngineIsThere() throws IOException {
    try (PageReceiver receiver = receiver();
        Client engine = Client.connect(receiver, PROTOCOL)) {
      engine.open(INIT);

      assertThatThrownBy(() -> Client.connect(receiver, PROTOCOL)).isInstanceOf(IOException.class);

      assertThat(engine.close(PageHeader.CLOSE)).isZero();
    }
  }

  @Test
  void cutsOffAStrangerAndWaitsForTheEngine() throws IOException {
    PeerProgram other = new PeerProgram(Path.of("/bin/sh"));
    UnaryOperator<PageReceiver.Setup> forOther =
        setup -> new PageReceiver.Setup(PROTOCOL, images, sink, buffers, other, setup.patience());
    try (PageReceiver receiver = receiver(PROTOCOL, forOther)) {
      for (int i = 0; i < 3; i++) {
        try (Client stranger = Client.connect(receiver, PROTOCOL)) {
          stranger.awaitEnd();
        }
      }

      assertThatThrownBy(() -> receiver.await(Duration.ZERO)).isInstanceOf(VpsException.class);
      assertThat(sink.calls).isEmpty();
    }
  }

  @Test
  void losesPatienceWithAPeerThatIsSilent() throws IOException {
    UnaryOperator<PageReceiver.Setup> impatient =
        setup ->
            new PageReceiver.Setup(
                PROTOCOL, images, sink, buffers, Client.self(), Duration.ofMillis(50));
    try (PageReceiver receiver = receiver(PROTOCOL, impatient);
        Client engine = Client.connect(receiver, PROTOCOL)) {
      engine.open(INIT);
      engine.send(PageHeader.ADD_F, PRESENT, 100, 0, INIT.encoded());

      engine.awaitEnd();

      assertThatThrownBy(() -> receiver.await(LONGEST)).hasMessageContaining("neither sent nor");
    }
  }

  @Test
  void endsWhenItIsClosedWhateverItWaitsFor() throws Exception {
    CountDownLatch waits = new CountDownLatch(1);
    PageReceiver idle = receiver();
    idle.close();
    assertThatThrownBy(() -> idle.await(LONGEST)).isInstanceOf(VpsException.class);
    try (PageBuffers few = new PageBuffers(0)) {
      PageBuffers.Slab one = few.take();
      PageBuffers.Slab two = few.take();
      PageReceiver starved =
          receiver(
              PROTOCOL,
              setup ->
                  new PageReceiver.Setup(
                      PROTOCOL, images, announcing(waits), few, Client.self(), LONGEST));
      try (Client engine = Client.connect(starved, PROTOCOL)) {
        engine.open(INIT);
        engine.send(PageHeader.ADD_F, PRESENT, 1, 0, INIT.encoded());
        waits.await();

        starved.close();

        assertThatThrownBy(() -> starved.await(LONGEST)).isInstanceOf(VpsException.class);
      }
      one.release();
      two.release();
    }
  }

  private PageSink announcing(CountDownLatch run) {
    return new PageSink() {
      @Override
      public void begin(PageObject object, int pagesId) {
        sink.begin(object, pagesId);
      }

      @Override
      public void run(PageRun next) {
        run.countDown();
      }

      @Override
      public void window(long address, PageBuffer content) {
        sink.window(address, content);
      }

      @Override
      public void end() {
        sink.end();
      }

      @Override
      public void finish() throws IOException {
        sink.finish();
      }
    };
  }

  @Test
  void tellsTheEngineWhenTheSinkHasFailed() throws IOException {
    PageSink full =
        new PageSink() {
          @Override
          public void begin(PageObject object, int pagesId) {
            sink.begin(object, pagesId);
          }

          @Override
          public void run(PageRun run) {
            sink.run(run);
          }

          @Override
          public void window(long address, PageBuffer content) {
            sink.window(address, content);
          }

          @Override
          public void end() {
            sink.end();
          }

          @Override
          public void finish() throws IOException {
            throw new IOException("No space left on device");
          }
        };
    try (PageReceiver receiver =
            receiver(
                PROTOCOL,
                setup ->
                    new PageReceiver.Setup(
                        PROTOCOL, images, full, buffers, Client.self(), LONGEST));
        Client engine = Client.connect(receiver, PROTOCOL)) {
      engine.open(INIT);
      engine.add(INIT, 0, 1, PRESENT);

      assertThat(engine.close(PageHeader.CLOSE)).isEqualTo(-1);

      assertThatThrownBy(() -> receiver.await(LONGEST))
          .isInstanceOfSatisfying(
              VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.NO_SPACE));
    }
  }

  @Test
  void writesOverNothing() throws IOException {
    Files.createFile(images.resolve("pagemap-1.img"));
    try (PageReceiver receiver = receiver();
        Client engine = Client.connect(receiver, PROTOCOL)) {
      engine.send(PageHeader.OPEN2, 0, 0, 0, INIT.encoded());
      engine.awaitEnd();

      assertThatThrownBy(() -> receiver.await(LONGEST)).hasMessageContaining("pagemap-1.img");
    }
  }
}
