package org.letargo.hook.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Over a real connection, with a daemon that asks what the test wants. */
@Timeout(60)
class PageServerTest {
  private static final int PAGE = PageRun.PAGE_BYTES;
  private static final int LONGEST_SECONDS = 20;

  /** Every byte of a page says where it is. */
  private static final PageSource SOURCE =
      (object, address, into) -> {
        for (long at = address; into.hasRemaining(); at++) {
          into.put((byte) (Client.fillOf(at) + object.number()));
        }
      };

  @AfterEach
  void expectNoThread() {
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("lazy-pages-"));
  }

  private static void expectAnswer(Client daemon, long pid, long address, int most)
      throws IOException {
    PageHeader header = daemon.expectHeader();
    assertThat(header.pages()).isBetween(1L, (long) most);
    assertThat(header)
        .isEqualTo(
            new PageHeader(
                PageHeader.ADD_F, PageHeader.FLAG_PRESENT, header.pages(), address, pid));
    ByteBuffer content = daemon.expect((int) header.pages() * PAGE);
    for (int page = 0; page < header.pages(); page++) {
      byte wanted = (byte) (Client.fillOf(address + (long) page * PAGE) + pid);
      assertThat(content.get(page * PAGE)).isEqualTo(wanted);
      assertThat(content.get(page * PAGE + PAGE - 1)).isEqualTo(wanted);
    }
  }

  @ParameterizedTest
  @EnumSource(PageProtocol.class)
  void answersInTheOrderOfTheQuestions(PageProtocol protocol) throws Exception {
    try (PageServer server = new PageServer(protocol, SOURCE, Client.self());
        Client daemon = Client.connect(server.port(), protocol)) {
      daemon.send(PageHeader.GET, 0, 16, 0x10000, 7);
      daemon.send(PageHeader.GET, 0, 1, 0x55000, 8);
      daemon.send(PageHeader.GET, 0, 1024, 0x7000_0000L, 7);

      expectAnswer(daemon, 7, 0x10000, 16);
      expectAnswer(daemon, 8, 0x55000, 1);
      expectAnswer(daemon, 7, 0x7000_0000L, 1024);
      assertThat(server.connected().get(LONGEST_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(daemon.close(PageHeader.CLOSE)).isZero();

      HotPages first = server.served().get(LONGEST_SECONDS, TimeUnit.SECONDS);
      assertThat(first).isEqualTo(new HotPages(Map.of(8L, new TreeSet<>(List.of(0x55000L)))));
      assertThat(server.sentPages()).isBetween(18L, 16L + 1 + 1024);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "85, 1, 4096, 1, unknown command 85",
    "4, 1, 4096, 1, unknown command 4",
    "7, 0, 4096, 1, asked for 0 pages",
    "7, 1, 4097, 1, asked for 1 pages at 1001",
    "7, 4611686018427387904, 4096, 1, asked for 4611686018427387904 pages",
    "7, 1, -4096, 1, at fffffffffffff000",
    "7, 1, 4096, -1, of process 18446744073709551615",
    "7, 1, 4096, 4294967296, of process 4294967296"
  })
  void answersNothingElse(int command, long pages, long address, long id, String why)
      throws IOException {
    try (PageServer server = new PageServer(PageProtocol.SINCE_4_2, SOURCE, Client.self());
        Client daemon = Client.connect(server.port(), PageProtocol.SINCE_4_2)) {
      daemon.send(command, 0, pages, address, id);

      assertThatThrownBy(() -> server.served().get(LONGEST_SECONDS, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining(why);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void survivesNoise(long seed) throws IOException {
    byte[] noise = new byte[4096];
    new Random(seed).nextBytes(noise);
    try (PageServer server = new PageServer(PageProtocol.SINCE_4_2, SOURCE, Client.self());
        Client daemon = Client.connect(server.port(), PageProtocol.SINCE_4_2)) {
      daemon.send(ByteBuffer.wrap(noise));

      assertThatThrownBy(() -> server.served().get(LONGEST_SECONDS, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class);
    }
  }

  /** The tasks must wait, and with the connection the daemon would end. */
  @Test
  void keepsTheConnectionWhenAPageIsLost() throws Exception {
    PageSource broken =
        (_, _, _) -> {
          throw new IOException("a chunk is missing");
        };
    PageServer server = new PageServer(PageProtocol.SINCE_4_2, broken, Client.self());
    try (Client daemon = Client.connect(server.port(), PageProtocol.SINCE_4_2)) {
      daemon.send(PageHeader.GET, 0, 1, 0x1000, 3);
      assertThatThrownBy(() -> server.served().get(LONGEST_SECONDS, TimeUnit.SECONDS))
          .hasCauseInstanceOf(LazySession.LostPageException.class)
          .hasMessageContaining("memory of process 3 at 1000 is lost: a chunk is missing");
      daemon.send(PageHeader.GET, 0, 1, 0x1000, 3); // nobody closed it

      server.close();

      daemon.awaitEnd();
    }
  }

  @Test
  void endsWhenItIsClosedInTheMiddleOfReading() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    PageSource slow =
        (_, _, _) -> {
          reading.countDown();
          try {
            never.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        };
    PageServer server = new PageServer(PageProtocol.SINCE_4_2, slow, Client.self());
    try (Client daemon = Client.connect(server.port(), PageProtocol.SINCE_4_2)) {
      daemon.send(PageHeader.GET, 0, 1, 0x1000, 3);
      reading.await();

      server.close();

      assertThat(server.served()).isCompletedExceptionally();
    }
  }
}
