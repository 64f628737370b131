package org.letargo.manager.vps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;

/** Walks every pair of state and move: those in the table are legal, all others are refused. */
class VpsMoveTest {
  private static final VpsName WEB1 = new VpsName("web1");
  private static final OperationId RUNNING_ONE = new OperationId("op-aaaaaaaaaaaa");
  private static final OperationId NEW_ONE = new OperationId("op-bbbbbbbbbbbb");
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");

  private static final List<VpsState> STATES =
      List.of(
          new VpsState.Stopped(),
          new VpsState.Running(7, AT),
          new VpsState.Paused(7, AT),
          new VpsState.Suspended(
              new CheckpointReport(
                  CheckpointId.create(AT), AT, DataSize.ofBytes(1), DataSize.ofBytes(2))),
          new VpsState.Creating(RUNNING_ONE),
          new VpsState.Importing(RUNNING_ONE),
          new VpsState.Starting(RUNNING_ONE),
          new VpsState.Stopping(RUNNING_ONE),
          new VpsState.Restarting(RUNNING_ONE),
          new VpsState.Destroying(RUNNING_ONE),
          new VpsState.Pausing(RUNNING_ONE),
          new VpsState.Unpausing(RUNNING_ONE),
          new VpsState.Suspending(RUNNING_ONE),
          new VpsState.Resuming(RUNNING_ONE),
          new VpsState.Exporting(RUNNING_ONE),
          new VpsState.Checkpointing(RUNNING_ONE),
          new VpsState.Rewinding(RUNNING_ONE),
          new VpsState.Cloning(RUNNING_ONE),
          new VpsState.Forgetting(RUNNING_ONE),
          new VpsState.Migrating(RUNNING_ONE),
          new VpsState.Arriving(RUNNING_ONE));

  /** State, move: the word of the state that follows. */
  private static final Map<String, String> LEGAL =
      Map.ofEntries(
          Map.entry("stopped START", "starting"),
          Map.entry("stopped EXPORT", "exporting"),
          Map.entry("stopped DESTROY", "destroying"),
          Map.entry("running STOP", "stopping"),
          Map.entry("running RESTART", "restarting"),
          Map.entry("running PAUSE", "pausing"),
          Map.entry("running SUSPEND", "suspending"),
          Map.entry("running DESTROY", "destroying"),
          Map.entry("paused UNPAUSE", "unpausing"),
          Map.entry("paused STOP", "stopping"),
          Map.entry("paused RESTART", "restarting"),
          Map.entry("paused SUSPEND", "suspending"),
          Map.entry("paused DESTROY", "destroying"),
          Map.entry("suspended RESUME", "resuming"),
          Map.entry("suspended EXPORT", "exporting"),
          Map.entry("suspended DESTROY", "destroying"),
          Map.entry("stopped CHECKPOINT", "checkpointing"),
          Map.entry("running CHECKPOINT", "checkpointing"),
          Map.entry("paused CHECKPOINT", "checkpointing"),
          Map.entry("stopped REWIND", "rewinding"),
          Map.entry("running REWIND", "rewinding"),
          Map.entry("paused REWIND", "rewinding"),
          Map.entry("suspended REWIND", "rewinding"),
          Map.entry("stopped CLONE", "cloning"),
          Map.entry("running CLONE", "cloning"),
          Map.entry("paused CLONE", "cloning"),
          Map.entry("suspended CLONE", "cloning"),
          Map.entry("stopped FORGET", "forgetting"),
          Map.entry("running FORGET", "forgetting"),
          Map.entry("paused FORGET", "forgetting"),
          Map.entry("suspended FORGET", "forgetting"),
          Map.entry("stopped MIGRATE", "migrating"),
          Map.entry("running MIGRATE", "migrating"),
          Map.entry("paused MIGRATE", "migrating"),
          Map.entry("suspended MIGRATE", "migrating"));

  static Stream<Arguments> pairs() {
    return STATES.stream()
        .flatMap(state -> Arrays.stream(VpsMove.values()).map(move -> Arguments.of(state, move)));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void allowsWhatIsInTheTableAndNothingElse(VpsState state, VpsMove move) {
    String next = LEGAL.get(state.word() + " " + move);

    if (next != null) {
      VpsState.Changing changing = move.from(state, WEB1, NEW_ONE);
      assertThat(changing.word()).isEqualTo(next);
      assertThat(changing.operation()).isEqualTo(NEW_ONE);
      return;
    }
    VpsException refused =
        catchThrowableOfType(VpsException.class, () -> move.from(state, WEB1, NEW_ONE));
    switch (state) {
      case VpsState.Changing _ -> {
        assertThat(refused.code()).isEqualTo(Code.BUSY);
        assertThat(refused.why()).contains(RUNNING_ONE.value());
      }
      case VpsState.Settled settled -> {
        assertThat(refused.code()).isEqualTo(Code.WRONG_STATE);
        assertThat(refused.what()).isEqualTo("cannot " + move.kind().word() + " VPS 'web1'");
        assertThat(refused.why()).isEqualTo("it is " + settled.word());
        assertThat(refused.remedy()).isNotEmpty();
      }
    }
  }

  @Test
  void walksEveryStateThatThereIs() {
    assertThat(STATES.stream().map(Object::getClass).distinct().count())
        .isEqualTo(records(VpsState.class).distinct().count());
  }

  private static Stream<Class<?>> records(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses()).flatMap(VpsMoveTest::records)
        : Stream.of(type);
  }
}
