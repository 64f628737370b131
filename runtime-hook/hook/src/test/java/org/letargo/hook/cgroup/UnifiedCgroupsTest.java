package org.letargo.hook.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Json;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.testing.Programs;
import org.letargo.hook.testing.Samples;
import org.letargo.hook.vps.StoredVps;

/**
 * What is saved of a tree and made of it again, on plain folders that stand in for cgroupfs; and
 * what needs no controllers on the real v2 hierarchy, as root.
 */
@Timeout(60)
class UnifiedCgroupsTest {
  private static final StoredVps HERE = Samples.stored();
  private static final StoredVps THERE =
      new StoredVps(HERE.spec(), Samples.HOST_ID_BASE + 10 * 65_536, HERE.templateDigest());

  @TempDir Path temporary;
  private Path images;
  private Path top;
  private UnifiedCgroups cgroups;

  @BeforeEach
  void makeFolders() throws IOException {
    images = Files.createDirectory(temporary.resolve("images"));
    top = Files.createDirectory(temporary.resolve("cgroup"));
    cgroups = new UnifiedCgroups(top, "letargo");
  }

  @Test
  void offersTheControllersToEveryVps() {
    cgroups.prepareCreate(HERE);

    assertThat(top.resolve("cgroup.subtree_control")).hasContent("+cpu +memory +pids");
    assertThat(top.resolve("letargo/cgroup.subtree_control")).hasContent("+cpu +memory +pids");
    assertThat(cgroups.kind()).isEqualTo("v2");
    assertThat(cgroups.path(Samples.WEB1)).isEqualTo("/letargo/web1");
    assertThat(cgroups.engineRoot(Samples.WEB1)).contains("/letargo/web1");
  }

  @Test
  void mountsTheVpssOwnTree() throws IOException {
    ArrayNode mounts = Json.MAPPER.createArrayNode();

    cgroups.addMounts(mounts, Samples.WEB1);

    assertThat(mounts)
        .isEqualTo(
            Json.MAPPER.readTree(
                """
                [{"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup",
                  "options": ["nosuid", "noexec", "nodev", "relatime", "rw"]}]
                """));
  }

  @Test
  void bringsATreeBackOnAHostWhereItsIdsAreOthers() throws IOException {
    Path web1 = group(top, "", "cpu memory pids", HERE.hostIdBase());
    Files.writeString(web1.resolve("memory.max"), "268435456\n");
    Path slice = group(top, "system.slice", "memory", HERE.hostIdBase());
    Files.writeString(slice.resolve("memory.max"), "max\n");
    Path unit = group(top, "system.slice/redis.service", "", HERE.hostIdBase() + 33);
    Files.writeString(unit.resolve("memory.max"), "1048576\n");
    Files.writeString(unit.resolve("memory.peak"), "5\n");

    cgroups.save(HERE, images);
    Path otherTop = Files.createDirectory(temporary.resolve("other"));
    UnifiedCgroups other = new UnifiedCgroups(otherTop, "second");
    other.prepareRestore(THERE, images);

    Path restored = otherTop.resolve("second/web1");
    assertThat(restored.resolve("system.slice/redis.service")).isEmptyDirectory();
    assertThat(restored.resolve("cgroup.subtree_control")).doesNotExist();

    Files.writeString(restored.resolve("cgroup.procs"), "111\n");
    for (String path : new String[] {"", "system.slice", "system.slice/redis.service"}) {
      for (String file : new String[] {"memory.max", "memory.peak", "cgroup.subtree_control"}) {
        Files.createFile(restored.resolve(path).resolve(file));
      }
    }
    other.beforeRestore(THERE, images);

    assertThat(otherTop.resolve("second/_engine/cgroup.procs")).hasContent("111");
    assertThat(owner(restored.resolve("system.slice/redis.service"))).isEqualTo(THERE.hostIdBase());

    other.afterNamespaces(THERE, images);

    assertThat(restored.resolve("cgroup.subtree_control")).hasContent("+pids");
    assertThat(restored.resolve("system.slice/cgroup.subtree_control")).hasContent("+memory");
    assertThat(restored.resolve("system.slice/redis.service/cgroup.subtree_control")).isEmptyFile();
    assertThat(restored.resolve("memory.max")).as("the host's limit").isEmptyFile();
    assertThat(restored.resolve("system.slice/memory.max")).hasContent("max");
    assertThat(restored.resolve("system.slice/redis.service/memory.max")).hasContent("1048576");
    assertThat(restored.resolve("system.slice/redis.service/memory.peak")).isEmptyFile();
    assertThat(owner(restored.resolve("system.slice"))).isEqualTo(THERE.hostIdBase());
    assertThat(owner(restored.resolve("system.slice/redis.service")))
        .isEqualTo(THERE.hostIdBase() + 33);
  }

  @Test
  void refusesACheckpointOfAHostOfTheOtherKind() {
    assertThatThrownBy(() -> cgroups.prepareRestore(HERE, images))
        .isInstanceOf(VpsException.class)
        .hasMessageContaining("the checkpoint was taken on a host with cgroup v1");

    assertThat(top.resolve("letargo/web1")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "../other       | 0     | 0     | {}",
        "a/../../other  | 0     | 0     | {}",
        "/sys/fs/cgroup | 0     | 0     | {}",
        "a              | -1    | 0     | {}",
        "a              | 65536 | 0     | {}",
        "a              | 0     | -5    | {}",
        "a              | 0     | 65536 | {}",
        "a              | 0     | 0     | {\"cgroup.procs\": \"1\"}",
        "a              | 0     | 0     | {\"../memory.max\": \"max\"}",
        "a              | 0     | 0     | {\"memory.max\": null}",
        "''             | 0     | 0     | {\"memory.max\": \"max\"}",
        ".              | 0     | 0     | {\"memory.max\": \"max\"}",
        "a/..           | 0     | 0     | {\"pids.max\": \"max\"}",
      })
  void refusesATreeThatReachesBeyondItsVps(String path, int uid, int gid, String limits)
      throws IOException {
    Files.writeString(
        images.resolve("letargo-cgroup.json"),
        """
        {"hostIdBase": 0, "groups": [
          {"path": "%s", "controllers": "", "uid": %d, "gid": %d, "limits": %s}]}
        """
            .formatted(path, uid, gid, limits));

    assertThatThrownBy(() -> cgroups.prepareRestore(HERE, images))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.ARCHIVE_REFUSED))
        .hasMessage(
            "cannot make the control groups of VPS 'web1': the checkpoint names group '"
                + path
                + "', which is not one of a VPS.");

    assertThat(top.resolve("letargo")).isDirectoryNotContaining(Files::isDirectory);
    assertThatThrownBy(() -> cgroups.afterNamespaces(HERE, images))
        .isInstanceOf(VpsException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{\"path\": null, \"controllers\": \"\"", "{\"path\": \"a\", \"controllers\": null"})
  void refusesATreeWithHoles(String start) throws IOException {
    Files.writeString(
        images.resolve("letargo-cgroup.json"),
        "{\"hostIdBase\": 0, \"groups\": ["
            + start
            + ", \"uid\": 0, \"gid\": 0, \"limits\": {}}]}");

    assertThatThrownBy(() -> cgroups.prepareRestore(HERE, images))
        .isInstanceOf(VpsException.class)
        .hasMessageStartingWith("cannot read " + images.resolve("letargo-cgroup.json") + ": ");
  }

  @Test
  void killsAndRemovesARealTree() throws IOException {
    Path real =
        Files.exists(Cgroups.TOP.resolve("cgroup.controllers"))
            ? Cgroups.TOP
            : Cgroups.TOP.resolve("unified");
    UnifiedCgroups kernel = new UnifiedCgroups(real, Samples.INSTANCE);
    Path web1 = real.resolve(Samples.INSTANCE).resolve("web1");
    try (var first = Programs.sleeper();
        var second = Programs.sleeper();
        var frozen = Programs.sleeper()) {
      put(first, Files.createDirectories(web1.resolve("init.scope")));
      put(second, Files.createDirectories(web1.resolve("a/b")));
      put(frozen, web1.resolve("a/b"));
      Files.writeString(web1.resolve("a/cgroup.freeze"), "1");

      assertThat(kernel.processes(Samples.WEB1))
          .containsExactlyInAnyOrder(first.pid(), second.pid(), frozen.pid());
      assertThat(kernel.isFrozen(Samples.WEB1)).isFalse();
      kernel.freeze(Samples.WEB1);
      await().until(() -> kernel.isFrozen(Samples.WEB1));

      kernel.killAll(Samples.WEB1);

      await().until(() -> !first.process().isAlive()); // the JVM hears of it a little later
      await().until(() -> !second.process().isAlive()); // the JVM hears of it a little later
      await().until(() -> !frozen.process().isAlive()); // the JVM hears of it a little later
    } finally {
      kernel.remove(Samples.WEB1);
      Files.deleteIfExists(real.resolve(Samples.INSTANCE));
    }
    assertThat(web1).doesNotExist();
  }

  private static Path group(Path top, String path, String controllers, int owner)
      throws IOException {
    Path group = Files.createDirectories(top.resolve("letargo/web1").resolve(path));
    Files.writeString(group.resolve("cgroup.subtree_control"), controllers + "\n");
    GroupFiles.chown(group, owner);
    return group;
  }

  private static int owner(Path path) throws IOException {
    return (int) Files.getAttribute(path, "unix:uid");
  }

  private static void put(Programs.Sleeper sleeper, Path group) throws IOException {
    Files.writeString(group.resolve("cgroup.procs"), String.valueOf(sleeper.pid()));
  }
}
