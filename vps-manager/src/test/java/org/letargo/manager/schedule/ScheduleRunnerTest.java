package org.letargo.manager.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.database.Database;
import org.letargo.manager.schedule.CheckpointTaker.Outcome;
import org.letargo.manager.schedule.CheckpointTaker.Readiness;

class ScheduleRunnerTest {
  private static final VpsName WEB1 = new VpsName("web1");
  private static final VpsName WEB2 = new VpsName("web2");
  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);
  private static final Failure FULL =
      Failure.of(new VpsException(Code.NO_SPACE, "cannot checkpoint", "the disk is full", "Tidy."));

  /** Takes nothing; remembers what was asked and answers when it is told. */
  private static final class FakeTaker implements CheckpointTaker {
    private final Map<VpsName, Readiness> readiness = new HashMap<>();
    private final List<VpsName> taken = new ArrayList<>();
    private final List<Consumer<Outcome>> waiting = new ArrayList<>();
    private Optional<VpsException> refusal = Optional.empty();

    @Override
    public Readiness readiness(VpsName vps) {
      return readiness.getOrDefault(vps, Readiness.RUNS);
    }

    @Override
    public void take(Schedule schedule, Consumer<Outcome> ended) {
      refusal.ifPresent(e -> {
        throw e;
      });
      taken.add(schedule.vps());
      waiting.add(ended);
    }

    void end(Outcome outcome) {
      waiting.removeFirst().accept(outcome);
    }
  }

  /** Shows the time that it is set to. */
  private static final class FakeClock extends Clock {
    private Instant now = Instant.parse("2026-01-02T12:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }

    void pass(Duration duration) {
      now = now.plus(duration);
    }
  }

  @TempDir Path dir;
  private final FakeTaker taker = new FakeTaker();
  private final FakeClock clock = new FakeClock();
  private Database database;
  private Schedules schedules;
  private ScheduleRunner runner;

  @BeforeEach
  void open() {
    database = Database.open(dir.resolve("m.db"));
    schedules = new Schedules(database, clock);
    runner = new ScheduleRunner(schedules, taker, clock);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private static Schedule every(VpsName vps, Duration every) {
    return new Schedule(vps, every, new Retention(12, 24, 7), "ops");
  }

  private Scheduled web1() {
    return schedules.get(WEB1);
  }

  private void look(Duration later) {
    clock.pass(later);
    runner.look();
  }

  @Test
  void takesTheFirstAtOnceAndThenOneAfterTheOther() {
    Instant begin = clock.instant();
    schedules.put(every(WEB1, FIVE_MINUTES));

    runner.look();
    assertThat(taker.taken).containsExactly(WEB1);
    taker.end(new Outcome.Taken());
    assertThat(web1().lastAt()).contains(begin);
    assertThat(web1().nextAt()).isEqualTo(begin.plus(FIVE_MINUTES));

    look(FIVE_MINUTES.minusSeconds(1));
    assertThat(taker.taken).hasSize(1);
    look(Duration.ofSeconds(2));
    assertThat(taker.taken).hasSize(2);
    assertThat(web1().nextAt()).isEqualTo(begin.plus(FIVE_MINUTES.multipliedBy(2)));
  }

  @Test
  void neverTakesTwoAtOnceForOneVps() {
    schedules.put(every(WEB1, FIVE_MINUTES));
    schedules.put(every(WEB2, FIVE_MINUTES));
    runner.look();

    look(FIVE_MINUTES);
    look(FIVE_MINUTES);
    assertThat(taker.taken).containsExactly(WEB1, WEB2);

    taker.end(new Outcome.Taken());
    runner.look();
    assertThat(taker.taken).containsExactly(WEB1, WEB2, WEB1);
  }

  @Test
  void showsAFailureAndTriesAgainLaterEachTime() {
    schedules.put(every(WEB1, FIVE_MINUTES));
    runner.look();
    taker.end(new Outcome.Failed(FULL));

    assertThat(web1().failures()).isEqualTo(1);
    assertThat(web1().error()).contains(FULL);
    assertThat(schedules.failing()).isEqualTo(1);
    assertThat(web1().nextAt()).isEqualTo(clock.instant().plusSeconds(30));

    look(Duration.ofSeconds(30));
    taker.end(new Outcome.Failed(FULL));
    assertThat(web1().failures()).isEqualTo(2);
    assertThat(web1().nextAt()).isEqualTo(clock.instant().plusSeconds(60));

    look(Duration.ofSeconds(60));
    taker.end(new Outcome.Taken());
    assertThat(web1().failures()).isZero();
    assertThat(web1().error()).isEmpty();
    assertThat(web1().nextAt()).isEqualTo(clock.instant().plus(FIVE_MINUTES));
  }

  @Test
  void showsARefusalAsAFailure() {
    schedules.put(every(WEB1, FIVE_MINUTES));
    taker.refusal = Optional.of(FULL.toException());

    runner.look();

    assertThat(web1().error()).contains(FULL);
    taker.refusal = Optional.empty();
    look(Duration.ofSeconds(30));
    assertThat(taker.taken).containsExactly(WEB1);
  }

  @Test
  void waitsForWhatElseIsDoneToTheVps() {
    schedules.put(every(WEB1, FIVE_MINUTES));
    taker.readiness.put(WEB1, Readiness.BUSY);
    runner.look();
    taker.readiness.clear();
    taker.refusal = Optional.of(VpsException.busy(WEB1, OperationId.create()));
    look(Due.POSTPONED);
    taker.refusal = Optional.empty();

    assertThat(web1().failures()).isZero();
    runner.look();
    assertThat(taker.taken).isEmpty();
    look(Due.POSTPONED);
    assertThat(taker.taken).containsExactly(WEB1);
  }

  @Test
  void passesOverWhatStandsStill() {
    schedules.put(every(WEB1, FIVE_MINUTES));
    taker.readiness.put(WEB1, Readiness.STANDS_STILL);
    runner.look();
    taker.readiness.clear();

    look(Duration.ofMinutes(4));
    assertThat(taker.taken).isEmpty();
    look(Duration.ofMinutes(1));
    assertThat(taker.taken).containsExactly(WEB1);
  }

  @Test
  void staysDueWhileTheHookIsAway() {
    schedules.put(every(WEB1, FIVE_MINUTES));
    taker.readiness.put(WEB1, Readiness.UNKNOWN);
    runner.look();
    assertThat(taker.taken).isEmpty();

    taker.readiness.clear();
    runner.look();
    assertThat(taker.taken).containsExactly(WEB1);
  }

  @Test
  void removesTheScheduleOfAVpsThatIsGoneAlsoIfAnotherOneComesAtOnce() {
    schedules.put(every(WEB1, FIVE_MINUTES));
    schedules.put(every(WEB2, FIVE_MINUTES));
    taker.readiness.put(WEB1, Readiness.GONE);
    runner.changed(WEB1);
    taker.readiness.clear();
    runner.changed(WEB1);

    runner.look();

    assertThat(schedules.list()).extracting(each -> each.schedule().vps()).containsExactly(WEB2);
    taker.readiness.put(WEB2, Readiness.GONE);
    look(FIVE_MINUTES);
    look(FIVE_MINUTES);
    taker.end(new Outcome.Taken());
    runner.look();
    assertThat(schedules.list()).isEmpty();
  }

  @Test
  void takesOneWhenTheClockJumpsForwardAndNoneForWhatWasMissed() {
    schedules.put(every(WEB1, FIVE_MINUTES));
    runner.look();
    taker.end(new Outcome.Taken());

    look(Duration.ofDays(30));
    taker.end(new Outcome.Taken());
    runner.look();

    assertThat(taker.taken).hasSize(2);
    assertThat(web1().nextAt()).isEqualTo(clock.instant().plus(FIVE_MINUTES));
  }

  @Test
  void goesOnWhenTheClockIsSetBack() {
    schedules.put(every(WEB1, FIVE_MINUTES));
    runner.look();
    taker.end(new Outcome.Taken());

    look(Duration.ofDays(-30));
    assertThat(taker.taken).hasSize(1);
    look(FIVE_MINUTES);
    assertThat(taker.taken).hasSize(2);
  }

  @Test
  void remembersAllOverARestart() {
    schedules.put(every(WEB1, FIVE_MINUTES));
    runner.look();
    taker.end(new Outcome.Taken());
    look(FIVE_MINUTES);
    taker.end(new Outcome.Failed(FULL));
    Scheduled before = web1();

    Schedules after = new Schedules(database, clock);

    assertThat(after.list()).containsExactly(before);
  }

  @Test
  void forgetsHowAReplacedScheduleWent() {
    schedules.put(every(WEB1, FIVE_MINUTES));
    runner.look();
    schedules.put(every(WEB1, Duration.ofHours(1)));

    taker.end(new Outcome.Failed(FULL));

    assertThat(web1().failures()).isZero();
    runner.look();
    assertThat(taker.taken).hasSize(2);
  }
}
