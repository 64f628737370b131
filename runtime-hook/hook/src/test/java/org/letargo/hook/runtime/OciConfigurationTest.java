package org.letargo.hook.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.letargo.hook.cgroup.BothKinds;
import org.letargo.hook.cgroup.Cgroups;
import org.letargo.hook.config.HookConfiguration;
import org.letargo.hook.protocol.Json;
import org.letargo.hook.testing.Samples;
import org.letargo.hook.vps.VpsFolder;

/** The whole document is held to a file; what safety rests on is said again here, line by line. */
class OciConfigurationTest {
  private static final Path TOP = Path.of("/sys/fs/cgroup");

  @Test
  void isTheDocumentOnFileForAHybridHost() throws IOException {
    assertThat(made(BothKinds.hybrid(TOP, "letargo")).toPrettyString())
        .isEqualTo(onFile().toPrettyString());
  }

  @Test
  void differsOnAUnifiedHostInTheMountOfItsControlGroupsAlone() throws IOException {
    JsonNode expected = onFile();
    ArrayNode mounts = (ArrayNode) expected.path("mounts");
    mounts.remove(mounts.size() - 1);
    mounts.remove(mounts.size() - 1);
    OciConfiguration.mount(
        mounts,
        "/sys/fs/cgroup",
        "cgroup",
        "cgroup",
        "nosuid",
        "noexec",
        "nodev",
        "relatime",
        "rw");

    assertThat(made(BothKinds.unified(TOP, "letargo")).toPrettyString())
        .isEqualTo(expected.toPrettyString());
  }

  @Test
  void givesNoCapabilityThatReachesTheHost() {
    List<String> given = new ArrayList<>();
    JsonNode sets = hybrid().at("/process/capabilities");
    sets.forEach(set -> set.forEach(name -> given.add(name.asText())));

    assertThat(sets.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("bounding", "effective", "permitted");
    assertThat(given)
        .isNotEmpty()
        .doesNotContain(
            "CAP_BPF",
            "CAP_PERFMON",
            "CAP_SYS_MODULE",
            "CAP_SYS_RAWIO",
            "CAP_SYS_TIME",
            "CAP_SYSLOG",
            "CAP_MAC_ADMIN",
            "CAP_MAC_OVERRIDE",
            "CAP_CHECKPOINT_RESTORE");
  }

  @Test
  void hasNamespacesOfItsOwnAndRootWithoutPowerOnTheHost() {
    JsonNode linux = hybrid().path("linux");

    assertThat(linux.path("namespaces").findValuesAsText("type"))
        .containsExactlyInAnyOrder("cgroup", "ipc", "mount", "network", "pid", "user", "uts");
    assertThat(linux.path("namespaces").findValues("path")).isEmpty();
    for (String ids : List.of("uidMappings", "gidMappings")) {
      assertThat(linux.path(ids)).hasSize(1);
      assertThat(linux.path(ids).get(0).path("containerID").asInt()).isZero();
      assertThat(linux.path(ids).get(0).path("hostID").asInt()).isEqualTo(Samples.HOST_ID_BASE);
      assertThat(linux.path(ids).get(0).path("size").asInt()).isEqualTo(65_536);
    }
  }

  @Test
  void bindsNothingOfTheHostButTheVpssOwnControlGroup() {
    List<String> sources = new ArrayList<>();
    for (JsonNode mount : hybrid().path("mounts")) {
      if (mount.path("source").asText().startsWith("/")) {
        sources.add(mount.path("source").asText());
      }
    }

    assertThat(sources).containsExactly("/sys/fs/cgroup/systemd/letargo/web1");
  }

  @Test
  void runsOneHookAndThatIsOurs() {
    JsonNode hooks = hybrid().path("hooks");

    assertThat(hooks.fieldNames()).toIterable().containsExactly("createRuntime");
    assertThat(hooks.findValuesAsText("path")).containsExactly("/opt/letargo/bin/letargo-relay");
  }

  @Test
  void deniesWhatCannotBeSavedAndWhatActsOnTheHost() {
    JsonNode seccomp = hybrid().at("/linux/seccomp");

    assertThat(seccomp.path("defaultAction").asText()).isEqualTo("SCMP_ACT_ALLOW");
    for (JsonNode rule : seccomp.path("syscalls")) {
      assertThat(rule.path("action").asText()).isEqualTo("SCMP_ACT_ERRNO");
      List<String> names = new ArrayList<>();
      rule.path("names").forEach(name -> names.add(name.asText()));
      assertThat(names).doesNotContain("clone", "clone3", "mount", "ptrace", "openat");
      assertThat(rule.path("errnoRet").asInt())
          .as("of %s", names)
          .isEqualTo(names.contains("io_uring_setup") ? 38 : 1);
    }
    assertThat(seccomp.toString())
        .contains("\"bpf\"", "\"io_uring_setup\"", "\"userfaultfd\"", "\"kexec_load\"");
  }

  @Test
  void limitsWhatTheVpsMayUse() {
    JsonNode resources = hybrid().at("/linux/resources");

    assertThat(resources.at("/memory/limit").asLong()).isEqualTo(256L << 20);
    assertThat(resources.at("/cpu/period").asLong()).isEqualTo(100_000);
    assertThat(resources.at("/cpu/quota").asLong()).isEqualTo(150_000);
    assertThat(resources.at("/pids/limit").asLong()).isEqualTo(128);
    assertThat(resources.at("/devices/0/allow").asBoolean(true)).isFalse();
  }

  @Test
  void tellsTheEngineWhereItsOptionsAre() {
    assertThat(hybrid().at("/annotations/org.criu.config").asText())
        .isEqualTo("/run/letargo/vps/web1/engine.conf");
    assertThat(hybrid().at("/annotations/io.container.manager").asText()).isEqualTo("letargo");
  }

  private static JsonNode hybrid() {
    return made(BothKinds.hybrid(TOP, "letargo"));
  }

  private static ObjectNode made(Cgroups cgroups) {
    HookConfiguration configuration = HookConfiguration.parse("");
    ObjectNode made =
        new OciConfiguration(configuration, cgroups)
            .of(VpsFolder.of(configuration, Samples.WEB1), Samples.stored(), Samples.template());
    if (!System.getProperty("os.arch").equals("amd64")) {
      ((ObjectNode) made.at("/linux/seccomp"))
          .putArray("architectures")
          .add("SCMP_ARCH_X86_64")
          .add("SCMP_ARCH_X86");
    }
    return made;
  }

  private static JsonNode onFile() throws IOException {
    try (InputStream file = OciConfigurationTest.class.getResourceAsStream("config-hybrid.json")) {
      return Json.MAPPER.readTree(file);
    }
  }
}
