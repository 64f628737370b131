package org.letargo.hook.loan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.hook.loan.LoanFrame.Haste;
import org.letargo.hook.pages.PageSource;

/** The lender, with a borrower that sends what the test wants. */
@Timeout(60)
class LentMemoryTest {
  private static final Duration MOMENT = Duration.ofMillis(50);

  private final Memory memory = Memory.random(1, 2, 5, 40);
  private final CountDownLatch noted = new CountDownLatch(1);
  private Link link;

  @BeforeEach
  void connect() throws IOException {
    link = Link.open();
  }

  @AfterEach
  void disconnect() {
    link.close();
  }

  private FutureTask<LentMemory.Outcome> lend(PageSource source, Duration grace)
      throws IOException {
    LentMemory lent =
        new LentMemory(memory.windows(), source, link.lender(), Heard.by(noted::countDown), grace);
    var lending = start(lent::serve);
    assertThat(link.borrower().read()).isEqualTo(new LoanFrame.Hello(LoanFrame.VERSION));
    return lending;
  }

  private static <T> FutureTask<T> start(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofPlatform().daemon(true).start(task);
    return task;
  }

  private static LentMemory.Outcome outcome(FutureTask<LentMemory.Outcome> lending)
      throws Exception {
    return lending.get(30, TimeUnit.SECONDS);
  }

  private void expectPages(int window) throws IOException {
    assertThat(link.borrower().read())
        .isInstanceOfSatisfying(
            LoanFrame.Pages.class, pages -> assertThat(pages.window()).isEqualTo(window));
  }

  @Test
  void answersAndIsToldThatAllIsThere() throws Exception {
    var lending = lend(memory, Lease.GRACE);

    link.borrower().write(new LoanFrame.Ping(4));
    assertThat(link.borrower().read()).isEqualTo(new LoanFrame.Pong(4));
    link.borrower().write(new LoanFrame.Ask(2, Haste.AHEAD));
    expectPages(2);
    link.borrower().write(new LoanFrame.Ask(2, Haste.URGENT)); // it had to go there
    expectPages(2);
    payBack(lending);
  }

  @Test
  void endsAlsoWhenItsCallerSaysNothingAnyMore() throws Exception {
    var stream = new LoanStream(new CallersInput(), OutputStream.nullOutputStream());
    LentMemory lent =
        new LentMemory(memory.windows(), memory, stream, Heard.by(noted::countDown), MOMENT);

    assertThat(outcome(start(lent::serve))).isInstanceOf(LentMemory.Outcome.Unheard.class);
  }

  private void payBack(FutureTask<LentMemory.Outcome> lending) throws Exception {
    link.borrower().write(new LoanFrame.AllHere());
    expectYours();
    assertThat(noted.getCount()).isZero();
    link.borrower().write(new LoanFrame.Paid());

    assertThat(outcome(lending)).isEqualTo(new LentMemory.Outcome.Paid());
  }

  private void expectYours() throws IOException {
    LoanFrame heard = link.borrower().read();
    while (heard instanceof LoanFrame.Pong) {
      heard = link.borrower().read();
    }
    assertThat(heard).isEqualTo(new LoanFrame.Yours());
  }

  @Test
  void isInDoubtWhenTheConnectionBreaksAfterAllIsThere() throws Exception {
    var lending = lend(memory, Lease.GRACE);

    link.borrower().write(new LoanFrame.AllHere());
    expectYours();
    link.borrower().close();

    assertThat(outcome(lending)).isInstanceOf(LentMemory.Outcome.InDoubt.class);
  }

  @Test
  void isInDoubtWhenNothingIsHeardAfterAllIsThere() throws Exception {
    var lending = lend(memory, Duration.ofSeconds(1));

    link.borrower().write(new LoanFrame.AllHere());
    expectYours();

    assertThat(outcome(lending)).isInstanceOf(LentMemory.Outcome.InDoubt.class);
  }

  /** The borrower was not told, so its lease ends and it kills its copy. */
  @Test
  void mayGoOnWhenItCannotNoteThatAllIsThere() throws Exception {
    LentMemory lent =
        new LentMemory(
            memory.windows(),
            memory,
            link.lender(),
            Heard.by(() -> {
              throw new IllegalStateException("the disk is full");
            }));
    var lending = start(lent::serve);

    link.borrower().write(new LoanFrame.AllHere());

    assertThat(outcome(lending))
        .isInstanceOfSatisfying(
            LentMemory.Outcome.Unheard.class,
            unheard -> {
              assertThat(unheard.reason()).contains("the disk is full");
              assertThat(unheard.atLeast()).isPositive();
            });
  }

  @Test
  void isNotPaidBeforeItHasGivenAway() throws Exception {
    var lending = lend(memory, Lease.GRACE);

    link.borrower().write(new LoanFrame.Paid());

    assertThat(outcome(lending))
        .isInstanceOfSatisfying(
            LentMemory.Outcome.Unheard.class,
            unheard -> assertThat(unheard.reason()).contains("what it was not given"));
  }

  @Test
  void isToldThatTheCopyIsDead() throws Exception {
    var lending = lend(memory, Lease.GRACE);

    link.borrower().write(new LoanFrame.Killed("no room"));

    assertThat(outcome(lending)).isEqualTo(new LentMemory.Outcome.GivenBack("no room"));
  }

  @Test
  void whatIsUrgentComesFirst() throws Exception {
    FutureTask<Void> asked = new FutureTask<>(() -> null);
    PageSource slow =
        (object, address, into) -> {
          await(asked); // all questions are there when the first one is answered
          memory.read(object, address, into);
        };
    var lending = lend(slow, Lease.GRACE);

    link.borrower().write(new LoanFrame.Ask(0, Haste.AHEAD)); // is being read, most likely
    link.borrower().write(new LoanFrame.Ask(1, 4, Haste.AHEAD));
    link.borrower().write(new LoanFrame.Ask(4, Haste.HURRY));
    link.borrower().write(new LoanFrame.Ask(5, Haste.URGENT));
    link.borrower().write(new LoanFrame.Ask(0, Haste.HURRY)); // too late, or no news
    link.borrower().write(new LoanFrame.Ping(1));
    FutureTask<LoanFrame> first = start(link.borrower()::read);
    asked.run();

    List<Integer> order = new ArrayList<>();
    for (LoanFrame next = first.get(30, TimeUnit.SECONDS); order.size() < 6; ) {
      if (next instanceof LoanFrame.Pages(int window, var _)) {
        order.add(window);
      }
      if (order.size() < 6) {
        next = link.borrower().read();
      }
    }
    assertThat(order).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
    assertThat(order.indexOf(4)).isLessThan(order.indexOf(3));
    assertThat(order.indexOf(5)).isLessThan(order.indexOf(3));
    payBack(lending);
  }

  private static void await(FutureTask<Void> task) throws IOException {
    try {
      task.get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  @Test
  void doesNotKnowWhenTheConnectionBreaks() throws Exception {
    var lending = lend(memory, Lease.GRACE);

    link.borrower().write(new LoanFrame.Ping(1));
    assertThat(link.borrower().read()).isEqualTo(new LoanFrame.Pong(1));
    link.borrower().close();

    assertThat(outcome(lending))
        .isInstanceOfSatisfying(
            LentMemory.Outcome.Unheard.class,
            unheard -> {
              assertThat(unheard.reason()).contains("connection to the other host broke");
              assertThat(unheard.atLeast()).isPositive().isLessThanOrEqualTo(Lease.GRACE);
            });
  }

  @Test
  void doesNotKnowWhenNothingIsHeard() throws Exception {
    assertThat(outcome(lend(memory, MOMENT)))
        .isInstanceOfSatisfying(
            LentMemory.Outcome.Unheard.class,
            unheard -> {
              assertThat(unheard.reason()).contains("nothing was heard");
              assertThat(unheard.atLeast()).isZero();
            });
  }

  @ParameterizedTest
  @CsvSource({"0,1", "-1,2", "-2,3", "-1,2147483647", "-1,0", "-1,-1", "2147483000,1"})
  void breaksOffWithWhoAsksForWhatWasNotLent(int beyondEnd, int count) throws Exception {
    var lending = lend(memory, Lease.GRACE);
    int first = memory.windows().count() + beyondEnd;

    link.borrower().write(new LoanFrame.Ask(first, count, Haste.URGENT));

    assertThat(outcome(lending))
        .isInstanceOfSatisfying(
            LentMemory.Outcome.Unheard.class,
            unheard -> assertThat(unheard.reason()).contains("which were not lent"));
  }

  @Test
  void breaksOffWithWhoAsksForTooMuch() throws Exception {
    FutureTask<Void> never = new FutureTask<>(() -> null);
    var lending = lend((_, _, _) -> await(never), Lease.GRACE);
    try {
      for (int i = 0; i < 5000; i++) {
        link.borrower().write(new LoanFrame.Ask(0, Haste.URGENT));
      }
    } catch (IOException e) {
      // it was cut off in the middle
    }

    assertThat(outcome(lending))
        .isInstanceOfSatisfying(
            LentMemory.Outcome.Unheard.class,
            unheard -> assertThat(unheard.reason()).contains("too much at once"));
  }

  @Test
  void saysThatMemoryIsLost() throws Exception {
    PageSource gone =
        (_, _, _) -> {
          throw new IOException("process 3 has no memory any more");
        };
    var lending = lend(gone, Lease.GRACE);

    link.borrower().write(new LoanFrame.Ask(0, Haste.URGENT));
    assertThat(link.borrower().read())
        .isEqualTo(new LoanFrame.Lost("process 3 has no memory any more"));
    link.borrower().write(new LoanFrame.Killed("it lost its memory"));

    assertThat(outcome(lending)).isEqualTo(new LentMemory.Outcome.GivenBack("it lost its memory"));
  }
}
