package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.letargo.archive.criu.UserNamespaces;
import org.letargo.integration.harness.Api;
import org.letargo.integration.harness.Failure;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Operation;
import org.letargo.integration.harness.Vps;

/**
 * Archives whose bytes are all right, and whose contents ask for more than a VPS may have: in the
 * configuration of the runtime, or in the images of the engine, which as root does what they say.
 */
class HostileImagesIT {
  private static final int ID_COUNT = 65_536;
  private static final String MARK = "letargo-hostile-" + Long.toHexString(new Random().nextLong());

  @RegisterExtension static final Fixture letargo = Fixture.instance();

  @TempDir private static Path scratch;
  private static TrueArchive original;

  @BeforeAll
  static void exportATrueOne() throws IOException {
    original = TrueArchive.export(letargo.get(), scratch);
  }

  @Test
  void acceptsWhatTheForgeDoesNotChange() throws IOException {
    Vps vps = imported(original.forge().unchanged());
    vps.resume();

    original.heart().expectWhole();
  }

  @Test
  void obeysNoConfigurationOfTheArchive() throws IOException {
    Path options = Files.writeString(scratch.resolve("engine.conf"), "action-script /bin/false\n");
    byte[] archive =
        original
            .forge()
            .withFiles(
                scratch,
                directory -> {
                  for (String name : List.of("spec.dump", "config.dump")) {
                    ObjectNode json =
                        (ObjectNode) Api.JSON.readTree(directory.resolve(name).toFile());
                    makeHostile(json, options);
                    Files.write(directory.resolve(name), Api.JSON.writeValueAsBytes(json));
                  }
                });

    Vps vps = imported(archive);
    vps.resume();

    original.heart().expectWhole();
    assertThat(TrueArchive.capabilities(vps)).isEqualTo(original.capabilities());
    assertThat(Files.readString(Path.of("/proc/" + vps.initPid() + "/mountinfo")))
        .doesNotContain("/host-root");
    assertThat(vps.exec("ls", "/host-root").status()).isNotZero();
    assertThat(Path.of("/tmp", MARK)).doesNotExist();
    expectOwnIds(vps);
  }

  private static void makeHostile(ObjectNode spec, Path options) {
    ObjectNode mount = spec.withArray("/mounts").addObject();
    mount.put("destination", "/host-root").put("type", "bind").put("source", "/");
    mount.putArray("options").add("rbind").add("rw");
    ObjectNode hook = spec.withObject("/hooks").putArray("createRuntime").addObject();
    hook.put("path", "/bin/touch").putArray("args").add("touch").add("/tmp/" + MARK);
    spec.withObject("/annotations").put("org.criu.config", options.toString());
    for (String set : List.of("bounding", "effective", "permitted")) {
      spec.withObject("/process/capabilities").putArray(set).add("CAP_SYS_ADMIN");
    }
    spec.withObject("/linux").remove("namespaces");
  }

  @Test
  void mapsTheIdsOfNoArchive() throws IOException {
    byte[] archive =
        original
            .forge()
            .withFiles(
                scratch,
                directory -> {
                  Path image = only(directory.resolve("checkpoint"), "userns-");
                  Files.write(image, UserNamespaces.image(0, ID_COUNT));
                });

    Vps vps = imported(archive);
    vps.resume();

    original.heart().expectWhole();
    expectOwnIds(vps);
  }

  @ParameterizedTest
  @MethodSource("namespaces")
  void refusesImagesThatShareANamespaceWithTheHost(String name, int field) throws IOException {
    byte[] archive =
        original
            .forge()
            .withFiles(
                scratch,
                directory -> {
                  Path images = directory.resolve("checkpoint");
                  byte[] host =
                      EngineImage.content(
                          EngineImage.messages(images.resolve("inventory.img")).getFirst(), 3);
                  EngineImage.change(
                      images.resolve("ids-1.img"),
                      ids -> EngineImage.withNumber(ids, field, EngineImage.number(host, field)));
                });

    Vps vps = imported(archive);
    Failure failure = vps.fails("resume");

    assertThat(failure.message())
        .startsWith("cannot resume VPS '" + vps.name() + "': ")
        .contains("process '1' is to share the " + name + " namespace with the host");
    assertThat(vps.state()).isEqualTo("suspended");
    assertThat(vps.initPid()).isZero();
  }

  static Stream<Arguments> namespaces() {
    return Stream.of(
        Arguments.of("pid", 5),
        Arguments.of("net", 6),
        Arguments.of("mnt", 9),
        Arguments.of("user", 10));
  }

  /**
   * A text of the image that the engine makes a path of, as root of the host, in the directory of
   * all control groups.
   */
  private record GroupLie(String what, String text) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<GroupLie> groupLies() {
    return Stream.of(
        new GroupLie("property", "../../../" + MARK + "/pids.max"),
        new GroupLie("group", "../../" + MARK + "/made"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("groupLies")
  void writesIntoNoControlGroupButItsOwn(GroupLie lie) throws IOException {
    Path v1 = Path.of("/sys/fs/cgroup/pids");
    Path other = (Files.isDirectory(v1) ? v1 : v1.getParent()).resolve(MARK);
    Files.createDirectory(other);
    try {
      String before = Files.readString(other.resolve("pids.max"));
      byte[] archive =
          original
              .forge()
              .withFiles(
                  scratch,
                  directory ->
                      EngineImage.change(
                          directory.resolve("checkpoint/cgroup.img"), groups -> lied(groups, lie)));

      Vps vps = imported(archive);
      Operation resume = letargo.get().api().begin("POST", "/v1/vps/true/resume");
      String end = letargo.get().api().await(resume).state();

      assertThat(other.resolve("pids.max")).hasContent(before);
      assertThat(other.resolve("made")).doesNotExist();
      assertThat(end).isEqualTo("failed");
      assertThat(letargo.get().api().operation(resume.id()).expectFailed().message())
          .contains(lie.what() + " '" + lie.text() + "'");
      assertThat(vps.state()).isEqualTo("suspended");
    } finally {
      Files.deleteIfExists(other.resolve("made"));
      Files.deleteIfExists(other);
    }
  }

  /** The VPS's group in the hierarchy that counts processes gets a child, which is new. */
  private static byte[] lied(byte[] groups, GroupLie lie) {
    byte[] name = lie.what().equals("group") ? bytes(lie.text()) : bytes("child");
    byte[] property = bytes(lie.what().equals("property") ? lie.text() : "pids.max");
    byte[] permissions = EngineImage.numbers(1, 0100644, 2, 0, 3, 0);
    byte[] child =
        concat(
            EngineImage.field(1, name),
            concat(
                EngineImage.field(
                    3,
                    concat(
                        EngineImage.field(1, property),
                        concat(
                            EngineImage.field(2, bytes("7")), EngineImage.field(3, permissions)))),
                EngineImage.field(4, EngineImage.numbers(1, 040755, 2, 0, 3, 0))));
    return EngineImage.withContent(
        groups,
        2,
        controller ->
            List.of("pids", "")
                    .contains(
                        new String(EngineImage.content(controller, 1), StandardCharsets.UTF_8))
                ? EngineImage.withContent(
                    controller, 2, directory -> concat(directory, EngineImage.field(2, child)))
                : controller);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] concat(byte[] first, byte[] second) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(first);
    all.writeBytes(second);
    return all.toByteArray();
  }

  private static void expectOwnIds(Vps vps) throws IOException {
    for (String map : List.of("uid_map", "gid_map")) {
      List<Integer> words =
          Arrays.stream(
                  Files.readString(Path.of("/proc/" + vps.initPid() + "/" + map))
                      .strip()
                      .split("\\s+"))
              .map(Integer::valueOf)
              .toList();
      assertThat(words).hasSize(3).element(0).isEqualTo(0);
      assertThat(words.get(1)).as("first id on the host").isGreaterThanOrEqualTo(ID_COUNT);
      assertThat(words.get(2)).isEqualTo(ID_COUNT);
    }
  }

  private static Path only(Path folder, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> found =
          files.filter(file -> file.getFileName().toString().startsWith(prefix)).toList();
      assertThat(found).hasSize(1);
      return found.getFirst();
    }
  }

  private static Vps imported(byte[] archive) throws IOException {
    Path file = Files.write(scratch.resolve("hostile.letargo"), archive);
    letargo.get().api().importFrom(file, "true");
    return letargo.get().vps("true");
  }
}
