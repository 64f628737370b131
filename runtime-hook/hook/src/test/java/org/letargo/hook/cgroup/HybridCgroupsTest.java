package org.letargo.hook.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.letargo.hook.protocol.Json;
import org.letargo.hook.testing.Programs;
import org.letargo.hook.testing.Programs.Sleeper;
import org.letargo.hook.testing.Samples;

/** On the real hierarchies, as root, in a group of the test's own; on hosts that have them. */
@Timeout(60)
@EnabledIf(
    value = "isHybrid",
    disabledReason = "the kind of a host's control groups is chosen at its boot")
class HybridCgroupsTest {
  private static final Path TOP = Cgroups.TOP;

  private final HybridCgroups cgroups = new HybridCgroups(TOP, Samples.INSTANCE);

  static boolean isHybrid() {
    return Files.isDirectory(TOP.resolve("freezer")) && Files.isDirectory(TOP.resolve("systemd"));
  }

  @AfterEach
  void leaveNothing() throws IOException {
    cgroups.killAll(Samples.WEB1);
    cgroups.remove(Samples.WEB1);
    try (var hierarchies = Files.newDirectoryStream(TOP)) {
      for (Path hierarchy : hierarchies) {
        Files.deleteIfExists(hierarchy.resolve(Samples.INSTANCE));
      }
    }
  }

  @Test
  void isWhatThisHostHas() {
    assertThat(Cgroups.detect("x")).isInstanceOf(HybridCgroups.class);
    assertThat(cgroups.kind()).isEqualTo("hybrid");
    assertThat(cgroups.path(Samples.WEB1)).isEqualTo("/" + Samples.INSTANCE + "/web1");
    assertThat(cgroups.engineRoot(Samples.WEB1)).isEmpty();
  }

  @Test
  void givesTheVpsItsOwnFolderOfTheSystemdHierarchyAndNothingElse() throws IOException {
    cgroups.prepareCreate(Samples.stored());

    Path group = group("systemd");
    for (String file : List.of("", "cgroup.procs", "tasks", "cgroup.clone_children")) {
      assertThat(Files.getAttribute(group.resolve(file), "unix:uid"))
          .as(file)
          .isEqualTo(Samples.HOST_ID_BASE);
    }
    assertThat(
            Files.getAttribute(group.resolve("release_agent").getParent().getParent(), "unix:uid"))
        .isEqualTo(0);
    assertThat(Files.getAttribute(group.resolve("notify_on_release"), "unix:uid")).isEqualTo(0);
    assertThat(group("memory")).doesNotExist();
  }

  @Test
  void mountsThatFolderAlone() throws IOException {
    ArrayNode mounts = Json.MAPPER.createArrayNode();

    cgroups.addMounts(mounts, Samples.WEB1);

    assertThat(mounts)
        .isEqualTo(
            Json.MAPPER.readTree(
                """
                [{"destination": "/sys/fs/cgroup", "type": "tmpfs", "source": "tmpfs",
                  "options": ["nosuid", "nodev", "noexec", "mode=755", "size=1m"]},
                 {"destination": "/sys/fs/cgroup/systemd", "type": "bind",
                  "source": "/sys/fs/cgroup/systemd/%s/web1", "options": ["bind", "rw"]}]
                """
                    .formatted(Samples.INSTANCE)));
  }

  @Test
  void takesRestoredGroupsIntoTheRangeOfThisHost() throws IOException {
    cgroups.prepareRestore(Samples.stored(), Path.of("/none"));
    Path inner = Files.createDirectories(group("systemd").resolve("init.scope"));
    GroupFiles.chown(inner, 1_879_048_192 + 7);
    GroupFiles.chown(inner.resolve("cgroup.procs"), 1_879_048_192);

    cgroups.afterRestore(Samples.stored());

    assertThat(Files.getAttribute(inner, "unix:uid")).isEqualTo(Samples.HOST_ID_BASE + 7);
    assertThat(Files.getAttribute(inner.resolve("cgroup.procs"), "unix:uid"))
        .isEqualTo(Samples.HOST_ID_BASE);
    assertThat(Files.getAttribute(inner.resolve("tasks"), "unix:uid")).isEqualTo(0);
  }

  @Test
  void findsAndKillsTheProcessesOfAVpsAndOfNobodyElse() throws IOException {
    try (Sleeper first = Programs.sleeper();
        Sleeper second = Programs.sleeper();
        Sleeper stranger = Programs.sleeper()) {
      for (String hierarchy : List.of("pids", "memory", "systemd")) {
        put(first, Files.createDirectories(group(hierarchy)));
        put(second, Files.createDirectories(group(hierarchy).resolve("inner")));
      }

      assertThat(cgroups.processes(Samples.WEB1))
          .containsExactlyInAnyOrder(first.pid(), second.pid());

      cgroups.killAll(Samples.WEB1);
      cgroups.remove(Samples.WEB1);

      await().until(() -> !first.process().isAlive()); // the JVM hears of it a little later
      await().until(() -> !second.process().isAlive()); // the JVM hears of it a little later
      assertThat(stranger.process().isAlive()).isTrue();
      for (String hierarchy : List.of("pids", "memory", "systemd")) {
        assertThat(group(hierarchy)).doesNotExist();
      }
      assertThat(cgroups.processes(Samples.WEB1)).isEmpty();
    }
  }

  @Test
  void freezesAndThaws() throws IOException {
    try (Sleeper sleeper = Programs.sleeper()) {
      put(sleeper, Files.createDirectories(group("freezer").resolve("inner")));
      assertThat(cgroups.isFrozen(Samples.WEB1)).isFalse();

      cgroups.freeze(Samples.WEB1);
      await().until(() -> cgroups.isFrozen(Samples.WEB1));

      cgroups.thaw(Samples.WEB1);
      await().until(() -> !cgroups.isFrozen(Samples.WEB1));
    }
  }

  @Test
  void killsProcessesThatAreFrozen() throws IOException {
    try (Sleeper frozen = Programs.sleeper()) {
      Path inner = Files.createDirectories(group("freezer").resolve("inner"));
      put(frozen, inner);
      put(frozen, Files.createDirectories(group("pids")));
      Files.writeString(group("freezer").resolve("freezer.state"), "FROZEN");
      await().until(() -> Files.readString(inner.resolve("freezer.state")).equals("FROZEN\n"));

      cgroups.killAll(Samples.WEB1);

      await().until(() -> !frozen.process().isAlive()); // the JVM hears of it a little later
    }
  }

  @Test
  void countsTheMemoryOfTheVps() throws IOException {
    assertThat(cgroups.memoryUsed(Samples.WEB1).bytes()).isZero();
    Path group = Files.createDirectories(group("memory"));
    try (Sleeper eater =
        Programs.started(
            new ProcessBuilder(
                "sh",
                "-c",
                "echo $$ > "
                    + group.resolve("cgroup.procs")
                    + "; x=$(head -c 8000000 /dev/zero |"
                    + " tr '\\0' x); sleep 600"))) {
      await().until(() -> cgroups.memoryUsed(Samples.WEB1).bytes() > 8_000_000);
      cgroups.killAll(Samples.WEB1);
      await().until(() -> !eater.process().isAlive()); // the JVM hears of it a little later
    }
  }

  @Test
  void doesNotRemoveAGroupThatIsInUse() throws IOException {
    Path group = Files.createDirectories(group("pids"));
    try (Sleeper sleeper = Programs.sleeper()) {
      put(sleeper, group);

      assertThatThrownBy(() -> cgroups.remove(Samples.WEB1))
          .hasMessageStartingWith("cannot remove control group " + group + ": ");
    }
  }

  private static Path group(String hierarchy) {
    return TOP.resolve(hierarchy).resolve(Samples.INSTANCE).resolve("web1");
  }

  private static void put(Sleeper sleeper, Path group) throws IOException {
    Files.writeString(group.resolve("cgroup.procs"), String.valueOf(sleeper.pid()));
  }
}
