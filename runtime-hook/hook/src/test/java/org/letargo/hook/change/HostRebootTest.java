package org.letargo.hook.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.config.HookConfiguration;
import org.letargo.hook.config.WhenHostStops;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.operation.Operations;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.testing.Samples;
import org.letargo.hook.vps.AfterBoot;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.StoredVps;
import org.letargo.hook.vps.Vps;
import org.letargo.hook.vps.VpsFolder;
import org.letargo.hook.vps.Vpses;

@Timeout(60)
class HostRebootTest {
  private static final VpsStatus RUNNING = new VpsStatus.Running(4711, Instant.EPOCH);
  private static final VpsStatus PAUSED = new VpsStatus.Paused(4711, Instant.EPOCH);
  private static final VpsStatus STOPPED = new VpsStatus.Stopped();
  private static final VpsStatus SUSPENDED =
      new VpsStatus.Suspended(
          new CheckpointReport(
              new CheckpointId("20260131-235959-0a1b2c3d"),
              Instant.EPOCH,
              DataSize.ofBytes(1),
              DataSize.ofBytes(1)));

  @TempDir Path temporary;
  private HookConfiguration configuration;
  private HostReboot reboot;

  /** VERB NAME, in the order in which they were asked for. */
  private final Queue<String> deeds = new ConcurrentLinkedQueue<>();

  /** Those of them that fail. */
  private final Set<String> failing = ConcurrentHashMap.newKeySet();

  @BeforeEach
  void make() {
    configuration = Samples.configuration(temporary);
    reboot =
        new HostReboot(
            new Operations(temporary.resolve("operations")),
            new HostReboot.Steps(
                step("suspend", JournalEntry.Kind.SUSPEND, SUSPENDED),
                step("stop", JournalEntry.Kind.STOP, STOPPED),
                step("resume", JournalEntry.Kind.RESUME, RUNNING),
                step("start", JournalEntry.Kind.START, RUNNING),
                step("pause", JournalEntry.Kind.PAUSE, PAUSED)));
  }

  private HostReboot.Step step(String verb, JournalEntry.Kind kind, VpsStatus next) {
    return (vps, operation) -> {
      String deed = verb + " " + vps.spec().name();
      deeds.add(deed);
      try (Vps.Change change = vps.begin(operation.id(), kind, Optional.empty())) {
        if (failing.contains(deed)) {
          throw new VpsException(Code.NOT_CHECKPOINTABLE, "cannot " + deed, "a test", "");
        }
        change.become(next);
      }
    };
  }

  private Vps vps(String name, VpsStatus status) {
    VpsName parsed = new VpsName(name);
    VpsFolder folder = VpsFolder.of(configuration, parsed);
    DurableFiles.folder(folder.state(), "rwx------");
    StoredVps stored = new StoredVps(Samples.spec(parsed), Samples.HOST_ID_BASE, "sha256:abc");
    return new Vpses().add(folder, stored, status);
  }

  @Test
  void suspendsWhatRunsAndResumesIt() throws Exception {
    Vps first = vps("first", RUNNING);
    Vps second = vps("second", RUNNING);

    reboot.down(List.of(first, second), WhenHostStops.SUSPEND);

    assertThat(List.of(first.status(), second.status())).containsOnly(SUSPENDED);
    assertThat(deeds).containsExactlyInAnyOrder("suspend first", "suspend second");

    deeds.clear();
    reboot.up(List.of(first, second));

    assertThat(List.of(first.status(), second.status())).containsOnly(RUNNING);
    assertThat(deeds).containsExactlyInAnyOrder("resume first", "resume second");
  }

  @Test
  void stopsAndStartsWhatCannotBeSuspended() throws Exception {
    Vps web1 = vps("web1", RUNNING);
    failing.add("suspend web1");

    reboot.down(List.of(web1), WhenHostStops.SUSPEND);
    assertThat(web1.status()).isEqualTo(STOPPED);
    reboot.up(List.of(web1));

    assertThat(web1.status()).isEqualTo(RUNNING);
    assertThat(deeds).containsExactly("suspend web1", "stop web1", "start web1");
  }

  @Test
  void stopsAtOnceWhereTheConfigurationSaysSo() throws Exception {
    Vps web1 = vps("web1", RUNNING);

    reboot.down(List.of(web1), WhenHostStops.STOP);
    reboot.up(List.of(web1));

    assertThat(deeds).containsExactly("stop web1", "start web1");
  }

  @Test
  void findsAPausedOnePausedAgain() throws Exception {
    Vps web1 = vps("web1", PAUSED);

    reboot.down(List.of(web1), WhenHostStops.SUSPEND);
    reboot.up(List.of(web1));

    assertThat(web1.status()).isEqualTo(PAUSED);
    assertThat(deeds).containsExactly("suspend web1", "resume web1", "pause web1");
  }

  @Test
  void leavesWhatSomebodySuspendedOrStopped() throws Exception {
    List<Vps> vpses = List.of(vps("suspended", SUSPENDED), vps("stopped", STOPPED));

    reboot.down(vpses, WhenHostStops.SUSPEND);
    reboot.up(vpses);

    assertThat(deeds).isEmpty();
  }

  @Test
  void bringsBackOnlyOnce() throws Exception {
    Vps web1 = vps("web1", SUSPENDED);
    web1.folder().writeAfterBoot(new AfterBoot(AfterBoot.Was.RUNNING));
    failing.add("resume web1");

    reboot.up(List.of(web1));
    reboot.up(List.of(web1));

    assertThat(web1.status()).isEqualTo(SUSPENDED);
    assertThat(deeds).containsExactly("resume web1");
  }

  @Test
  void leavesAloneWhatRunsAlready() throws Exception {
    Vps web1 = vps("web1", RUNNING);
    web1.folder().writeAfterBoot(new AfterBoot(AfterBoot.Was.RUNNING));

    reboot.up(List.of(web1));

    assertThat(deeds).isEmpty();
    assertThat(web1.folder().readAfterBoot()).isEmpty();
  }

  @Test
  void takesDownTheOthersWhenOneCannotBe() throws Exception {
    Vps broken = vps("broken", RUNNING);
    Vps whole = vps("whole", RUNNING);
    failing.addAll(List.of("suspend broken", "stop broken"));

    reboot.down(List.of(broken, whole), WhenHostStops.SUSPEND);

    assertThat(whole.status()).isEqualTo(SUSPENDED);
    assertThat(broken.folder().readAfterBoot()).contains(new AfterBoot(AfterBoot.Was.RUNNING));
  }

  @Test
  void waitsForTheChangeThatIsUnderWay() throws Exception {
    Vps web1 = vps("web1", SUSPENDED);
    Vps.Change resume =
        web1.begin(OperationId.create(), JournalEntry.Kind.RESUME, Optional.empty());
    Thread down =
        Thread.ofPlatform()
            .start(() -> {
              try {
                reboot.down(List.of(web1), WhenHostStops.SUSPEND);
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    await().until(() -> down.getState() == Thread.State.TIMED_WAITING);
    assertThat(deeds).isEmpty();

    resume.become(RUNNING);
    resume.close();
    down.join();

    assertThat(deeds).containsExactly("suspend web1");
  }
}
