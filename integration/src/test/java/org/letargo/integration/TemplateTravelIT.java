package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.letargo.integration.harness.Failure;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.TempFolder;
import org.letargo.integration.harness.TemplateCache;
import org.letargo.integration.harness.TestHost;
import org.letargo.integration.harness.Vps;

/**
 * Two hosts whose templates have the same name and other contents, as when both built theirs on
 * different days: a VPS goes from one to the other after its template did.
 */
class TemplateTravelIT {
  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = TempFolder.create("lt-travel-");
  }

  @AfterEach
  void removeFolder() {
    TempFolder.delete(folder);
  }

  @Test
  void carriesATemplateToAHostThatHasAnotherOfThatName() throws Exception {
    Path mine = Files.createDirectory(folder.resolve("mine"));
    Path theirs = Files.createDirectory(folder.resolve("theirs"));
    TemplateCache.copyOf("tiny", mine);
    TemplateCache.copyOf("tiny", theirs);
    Path archive = folder.resolve("web1.letargo");
    Path template = folder.resolve("base.template");
    try (Instance here = Instance.start(Instance.Options.DEFAULT.withTemplates(mine));
        TestHost host = TestHost.another();
        Instance there =
            Instance.start(
                Instance.Options.DEFAULT
                    .on(host)
                    .withSubnet(here.subnet())
                    .withTemplates(theirs))) {
      add(here, "base", tar(folder, "monday"));
      add(there, "base", tar(folder, "tuesday"));
      Vps web = here.createAndStart("web1", "base");
      web.sh("echo kept >/root/own; rm /opt/second");
      web.daemon("sleeper", "sh -c 'echo $$ >/root/pid; exec sleep 4321'");
      Awaitility.await("the program")
          .until(() -> web.exec("test", "-s", "/root/pid").status() == 0);
      web.suspend();
      web.exportTo(archive);

      Failure refused = there.api().importFails(Files.readAllBytes(archive));
      assertThat(refused.code()).isEqualTo("ARCHIVE_REFUSED");
      assertThat(refused.message())
          .contains("its disk builds on a template 'base' whose contents (sha256:")
          .contains("letargo template export base FILE");

      letargo(here, "template", "export", "base", template.toString());
      letargo(there, "template", "add", "base-of-monday", template.toString());
      there.api().importFrom(archive);
      Vps moved = there.vps("web1");
      assertThat(moved.view().path("template").asText()).isEqualTo("base-of-monday");
      moved.resume();

      assertThat(moved.sh("cat /opt/first /root/own /proc/$(cat /root/pid)/comm"))
          .isEqualTo("monday\nkept\nsleep");
      assertThat(moved.exec("test", "-e", "/opt/second").status()).isEqualTo(1);
      Path rootfs = theirs.resolve("base-of-monday/rootfs");
      assertThat(Files.getAttribute(rootfs.resolve("opt/first"), "user:day"))
          .isEqualTo("monday".getBytes());
      assertThat(Files.isSameFile(rootfs.resolve("opt/first"), rootfs.resolve("opt/second")))
          .isTrue();

      moved.suspend(); // and on from there
      moved.resume();
      removesOnlyWhatNobodyNeeds(there, theirs, moved);
    }
  }

  private static void removesOnlyWhatNobodyNeeds(Instance there, Path templates, Vps moved)
      throws IOException {
    HostCommand.Result refused = there.cli().run("template", "remove", "base-of-monday");
    assertThat(refused.errors())
        .contains(
            "cannot remove template 'base-of-monday': the disks and checkpoints of these VPSes"
                + " build on it: 'web1'. Destroy them first;");
    assertThat(refused.status()).isNotZero();
    moved.destroy();

    letargo(there, "template", "remove", "base-of-monday");

    try (Stream<Path> left = Files.list(templates)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("base", "tiny");
    }
  }

  private static void add(Instance instance, String name, Path tar) {
    letargo(instance, "template", "add", name, tar.toString());
  }

  private static void letargo(Instance instance, String... line) {
    HostCommand.Result result = instance.cli().run(line);
    assertThat(result.status()).as(() -> List.of(line) + ": " + result.errors()).isZero();
  }

  /** The tree of tiny with two names of one file that says the day, with an attribute. */
  static Path tar(Path folder, String day) throws IOException {
    Path tree = Files.createDirectory(folder.resolve(day));
    HostCommand.run(
        "cp", "-a", TemplateCache.folder().resolve("tiny/rootfs/.").toString(), tree.toString());
    Path first =
        Files.writeString(
            Files.createDirectories(tree.resolve("opt")).resolve("first"), day + "\n");
    Files.setAttribute(first, "user:day", day.getBytes());
    Files.createLink(tree.resolve("opt/second"), first);
    Path tar = folder.resolve(day + ".tar");
    HostCommand.run("tar", "-C", tree.toString(), "--xattrs", "-cf", tar.toString(), ".");
    return tar;
  }
}
