package org.letargo.hook.loan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.letargo.hook.loan.LoanFrame.Haste;
import org.letargo.hook.pages.PageObject;
import org.letargo.hook.pages.PageRun;

/** The borrower: with our lender, and with one that sends what the test wants. */
@Timeout(120)
class LoanTest {
  private static final Duration MOMENT = Duration.ofMillis(50);
  private static final int DAEMON_BYTES = 512 << 10;

  private final CompletableFuture<String> broken = new CompletableFuture<>();
  private Link link;

  @BeforeEach
  void connect() throws IOException {
    link = Link.open();
  }

  @AfterEach
  void disconnect() {
    link.close();
  }

  @AfterEach
  void expectNoThread() {
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("loan-"));
  }

  private static FutureTask<LentMemory.Outcome> serve(LentMemory lent) {
    FutureTask<LentMemory.Outcome> serving = new FutureTask<>(lent::serve);
    Thread.ofPlatform().daemon(true).start(serving);
    return serving;
  }

  private BorrowedMemory borrow(Memory memory, Duration lease) throws IOException {
    BorrowedMemory borrowed =
        new BorrowedMemory(memory.windows(), link.borrower(), _ -> {}, broken::complete, lease);
    borrowed.start();
    return borrowed;
  }

  private String reason() throws Exception {
    return broken.get(30, TimeUnit.SECONDS);
  }

  private static void expect(BorrowedMemory borrowed, PageObject process, long address, int bytes)
      throws IOException {
    ByteBuffer content = ByteBuffer.allocateDirect(bytes);
    borrowed.read(process, address, content);
    assertThat(content.hasRemaining()).isFalse();
    assertThat(Memory.isRight(process, address, content.flip())).isTrue();
  }

  private record Page(PageObject process, long address) {}

  /** As the engine's daemon does: run after run, and single pages anywhere in between. */
  private static void load(Memory memory, BorrowedMemory borrowed, Random random, int faults)
      throws IOException {
    List<Page> all = new ArrayList<>();
    for (PageObject process : memory.processes()) {
      for (PageRun run : memory.lent(process)) {
        for (long at = run.address(); at < run.end(); at += PageRun.PAGE_BYTES) {
          all.add(new Page(process, at));
        }
      }
    }
    for (PageObject process : memory.processes()) {
      for (PageRun run : memory.lent(process)) {
        for (long at = run.address(); at < run.end(); at += DAEMON_BYTES) {
          expect(borrowed, process, at, (int) Math.min(DAEMON_BYTES, run.end() - at));
          for (int fault = 0; fault < faults; fault++) {
            Page page = all.get(random.nextInt(all.size()));
            expect(borrowed, page.process(), page.address(), PageRun.PAGE_BYTES);
          }
        }
      }
    }
  }

  @Test
  void theBorrowerEndsAlsoWhenItsCallerSaysNothingAnyMore() throws Exception {
    var stream = new LoanStream(new CallersInput(), OutputStream.nullOutputStream());
    BorrowedMemory borrowed =
        new BorrowedMemory(Memory.random(1, 2, 5, 40).windows(), stream, _ -> {}, broken::complete);
    borrowed.start();

    borrowed.close();

    assertThat(broken).isNotDone();
  }

  @Test
  void bringsAllMemoryOver() throws Exception {
    for (int seed = 0; seed < 20; seed++) {
      connect();
      Memory memory = Memory.random(seed, 3, 20, 200);
      Heard heard = Heard.by(() -> {});
      LentMemory lent = new LentMemory(memory.windows(), memory, link.lender(), heard);
      var serving = serve(lent);
      try (BorrowedMemory borrowed = borrow(memory, Lease.LEASE)) {
        load(memory, borrowed, new Random(seed), seed % 4);
        borrowed.complete();
        borrowed.paid();
        assertThat(serving.get(30, TimeUnit.SECONDS)).isEqualTo(new LentMemory.Outcome.Paid());
        assertThat(heard.sentBytes().get()).isEqualTo(memory.windows().totalBytes());
      }
      assertThat(broken).isNotDone();
    }
  }

  /** More than is kept: what only a page was wanted of has to go, and is asked for again. */
  @Test
  void bringsMoreOverThanItKeeps() throws Exception {
    Memory memory = Memory.random(7, 2, 2, 16_000);
    assertThat(memory.windows().totalBytes()).isGreaterThan(80 << 20);
    Heard heard = Heard.by(() -> {});
    LentMemory lent = new LentMemory(memory.windows(), memory, link.lender(), heard);
    var serving = serve(lent);
    try (BorrowedMemory borrowed = borrow(memory, Lease.LEASE)) {
      load(memory, borrowed, new Random(8), 20);
      borrowed.complete();
      borrowed.paid();
      assertThat(serving.get(30, TimeUnit.SECONDS)).isEqualTo(new LentMemory.Outcome.Paid());
      assertThat(borrowed.receivedBytes()).isGreaterThan(heard.sentBytes().get());
    }
  }

  @Test
  void renewsTheLease() throws Exception {
    Memory memory = Memory.random(1, 1, 1, 1);
    CountDownLatch renewed = new CountDownLatch(3);
    var serving =
        serve(new LentMemory(memory.windows(), memory, link.lender(), Heard.by(() -> {})));
    try (BorrowedMemory borrowed =
        new BorrowedMemory(
            memory.windows(), link.borrower(), _ -> renewed.countDown(), broken::complete)) {
      borrowed.start();
      assertThat(renewed.await(30, TimeUnit.SECONDS)).isTrue();
      borrowed.killed("enough");
      assertThat(serving.get(30, TimeUnit.SECONDS))
          .isEqualTo(new LentMemory.Outcome.GivenBack("enough"));
    }
  }

  @Test
  void isBrokenWhenTheLenderIsSilent() throws Exception {
    Memory memory = Memory.random(1, 1, 1, 10);
    try (BorrowedMemory borrowed = borrow(memory, MOMENT)) {
      assertThat(reason()).contains("nothing was heard of the other host");
      PageObject process = memory.processes().getFirst();
      long address = memory.lent(process).getFirst().address();
      assertThatThrownBy(() -> expect(borrowed, process, address, PageRun.PAGE_BYTES))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("nothing was heard");
    }
  }

  /** It cannot know whether the lender still goes on by itself. */
  @Test
  void isBrokenWhenNobodyAnswersThatItHasEverything() throws Exception {
    Memory memory = Memory.random(1, 1, 1, 10);
    try (BorrowedMemory borrowed = borrow(memory, MOMENT)) {
      assertThatThrownBy(borrowed::complete)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("nothing was heard");
      assertThat(reason()).contains("nothing was heard");
    }
  }

  @Test
  void isNotBrokenAnyMoreWhenItIsItsOwn() throws Exception {
    Memory memory = Memory.random(1, 1, 1, 10);
    try (BorrowedMemory borrowed = borrow(memory, Lease.LEASE)) {
      FutureTask<Void> completing =
          new FutureTask<>(() -> {
            borrowed.complete();
            return null;
          });
      Thread.ofPlatform().daemon(true).start(completing);
      LoanFrame heard = link.lender().read();
      while (!(heard instanceof LoanFrame.AllHere)) {
        heard = link.lender().read();
      }
      link.lender().write(new LoanFrame.Yours());
      completing.get(30, TimeUnit.SECONDS);
      link.lender().close();
      borrowed.paid();
    }
    assertThat(broken).isNotDone();
  }

  @Test
  void isBrokenWhenTheConnectionIs() throws Exception {
    Memory memory = Memory.random(1, 1, 1, 10);
    try (BorrowedMemory _ = borrow(memory, Lease.LEASE)) {
      link.lender().close();

      assertThat(reason()).contains("the connection to the other host broke");
    }
  }

  @Test
  void whoeverWaitsForAPageIsToldThatItIsLost() throws Exception {
    Memory memory = Memory.random(1, 1, 1, 10);
    LentMemory lent =
        new LentMemory(
            memory.windows(),
            (_, _, _) -> {
              throw new IOException("process 11 has gone");
            },
            link.lender(),
            Heard.by(() -> {}));
    var serving = serve(lent);
    try (BorrowedMemory borrowed = borrow(memory, Lease.LEASE)) {
      PageObject process = memory.processes().getFirst();
      long address = memory.lent(process).getFirst().address();
      assertThatThrownBy(() -> expect(borrowed, process, address, PageRun.PAGE_BYTES))
          .hasMessageContaining("process 11 has gone");
      assertThat(reason()).contains("the other host has lost the memory");
      borrowed.killed("lost");
    }
    assertThat(serving.get(30, TimeUnit.SECONDS))
        .isEqualTo(new LentMemory.Outcome.GivenBack("lost"));
  }

  @Test
  void asksForNothingThatIsNotLent() throws Exception {
    Memory memory = Memory.random(1, 1, 1, 10);
    try (BorrowedMemory borrowed = borrow(memory, Lease.LEASE)) {
      assertThatThrownBy(() -> expect(borrowed, PageObject.process(77), 0x1000, PageRun.PAGE_BYTES))
          .hasMessageContaining("process 77 has no lent memory at 1000");
    }
    assertThat(broken).isNotDone();
  }

  /** Hostile lenders. */
  private void expectRefusal(LoanFrame answer, String because) throws Exception {
    Memory memory = Memory.random(1, 1, 1, 1);
    try (BorrowedMemory _ = borrow(memory, Lease.LEASE)) {
      LoanFrame asked = link.lender().read();
      while (!(asked instanceof LoanFrame.Ask)) {
        asked = link.lender().read();
      }
      assertThat(asked).isEqualTo(new LoanFrame.Ask(0, Haste.AHEAD));
      link.lender().write(answer);
      assertThat(reason()).contains(because);
    }
  }

  @Test
  void takesNoPagesThatNobodyAskedFor() throws Exception {
    expectRefusal(new LoanFrame.Pages(1, ByteBuffer.allocate(4096)), "which nobody asked for");
  }

  @Test
  void takesNoWindowOfAnotherLength() throws Exception {
    expectRefusal(
        new LoanFrame.Pages(0, ByteBuffer.allocate(8192)), "8192 bytes for a window of 4096");
  }

  @Test
  void takesNoAnswerToWhatItDidNotSay() throws Exception {
    expectRefusal(new LoanFrame.Pong(77), "a PING that was not sent");
  }

  @Test
  void takesNothingForItsOwnThatItDoesNotHave() throws Exception {
    expectRefusal(new LoanFrame.Yours(), "what was not asked for");
  }

  @Test
  void doesNotBorrowFromWhoSpeaksOtherwise() throws Exception {
    expectRefusal(new LoanFrame.Hello(2), "speaks version 2");
  }

  @Test
  void takesNoFrameOfABorrower() throws Exception {
    expectRefusal(new LoanFrame.AllHere(), "a frame that is the borrower's");
  }
}
