package org.letargo.hook.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.hook.command.Command;
import org.letargo.hook.config.HookConfiguration;
import org.letargo.hook.operation.Operations;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.ProgressListener;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.TemplateReport;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.testing.Programs;
import org.letargo.hook.testing.Samples;

@Timeout(60)
class TemplatesTest {
  private static final TemplateName BASE = new TemplateName("base");
  private static final TemplateName MINE = new TemplateName("mine");

  @TempDir Path temporary;
  private HookConfiguration configuration;
  private Path folder;
  private Templates templates;
  private Operations operations;

  @BeforeEach
  void open() {
    configuration = Samples.configuration(temporary);
    folder = configuration.templateDir();
    templates = new Templates(configuration);
    operations = new Operations(temporary.resolve("operations"));
  }

  @Test
  void listsThoseThatAreBuiltAndThoseThatCouldBe() throws IOException {
    ships("base", "mkdir \"$1/etc\"");
    ships("later", "exit 1");
    build(BASE);
    add(MINE, tar("--create"));
    Files.createDirectory(folder.resolve("no-template"));

    assertThat(templates.list())
        .containsExactly(
            new TemplateReport(BASE, "ships", true, DataSize.ofBytes(0)),
            new TemplateReport(new TemplateName("later"), "ships", false, DataSize.ofBytes(0)),
            new TemplateReport(MINE, "added from a tar, classic init", true, DataSize.ofBytes(4)));
  }

  @Test
  void buildsOneAndSaysHowFarItIs() {
    ships(
        "base",
        """
        echo "progress 10 download"
        echo "some other line"
        echo "progress 100 too much"
        mkdir "$1/etc"
        printf 12345 > "$1/etc/file"
        echo "progress 80 configure it all"
        """);
    List<Progress> heard = new ArrayList<>();

    TemplateReport report =
        operations.run(
            OperationId.create(), heard::add, operation -> templates.build(BASE, operation));

    assertThat(report).isEqualTo(new TemplateReport(BASE, "ships", true, DataSize.ofBytes(5)));
    assertThat(heard)
        .containsExactly(
            Progress.phase("download", 9),
            Progress.phase("configure it all", 72),
            Progress.phase("hash", 95));
    assertThat(templates.rootfs(BASE).resolve("etc/file")).hasContent("12345");
    TemplateInfo info = templates.get(BASE);
    assertThat(info.digest()).startsWith("sha256:");
    assertThat(info.stopSignal()).isEqualTo("SIGTERM");
    assertNothingPartial();
  }

  @Test
  void buildsOnceAndIsDoneAtOnceAfterwards() {
    ships("base", "mkdir \"$1/etc\"; echo x >> \"" + temporary + "/runs\"");

    TemplateReport first = build(BASE);

    assertThat(build(BASE)).isEqualTo(first);
    assertThat(temporary.resolve("runs")).hasContent("x\n");
  }

  @Test
  void saysWhyABuildFailedAndLeavesNothing() {
    ships("base", "mkdir \"$1/etc\"; for i in 1 2 3 4 5; do echo \"line $i\" >&2; done; exit 3");

    assertThatThrownBy(() -> build(BASE))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.HOST_UNFIT))
        .hasMessage(
            "cannot build template 'base': its build program ended with status 3: line 2 | line 3"
                + " | line 4 | line 5. See whether the package mirror of this host answers.");

    assertNothingPartial();
    assertThat(templates.list()).extracting(TemplateReport::built).containsExactly(false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sleep 600", "while :; do :; done"})
  void endsABuildThatIsCancelledAndLeavesNothing(String waits) {
    ships("base", "mkdir \"$1/etc\"; echo progress 10 wait; " + waits + "; sleep 600");
    OperationId id = OperationId.create();
    ProgressListener cancels =
        progress -> {
          if (progress.phase().equals("wait")) {
            operations.cancel(id);
          }
        };

    assertThatThrownBy(
            () -> operations.run(id, cancels, operation -> templates.build(BASE, operation)))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.CANCELLED));

    assertNothingPartial();
  }

  @Test
  void doesNotFindWhatIsNotBuiltAndSaysHowToGetIt() {
    ships("base", "exit 0");

    assertThatThrownBy(() -> templates.get(BASE))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND))
        .hasMessage(
            "template 'base' is not there: it has not been built on this host."
                + " Build it with 'letargo template build base'.");
    for (Runnable finding : List.<Runnable>of(() -> templates.get(MINE), () -> build(MINE))) {
      assertThatThrownBy(finding::run)
          .hasMessage(
              "there is no template 'mine': none of that name is on this host. List them with"
                  + " 'letargo template list', or add one with 'letargo template add'.");
    }
  }

  @Test
  void sweepsWhatABuildThatDiedLeft() throws IOException {
    ships("base", "mkdir \"$1/etc\"");
    build(BASE);
    Path left = folder.resolve(".partial-mine-op-000000000000");
    Files.createFile(Files.createDirectories(left.resolve("rootfs/etc")).resolve("file"));

    new Templates(configuration).recover(_ -> {});

    assertThat(left).doesNotExist();
    assertThatCode(() -> templates.get(BASE)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--create", "--gzip --create", "--xz --create", "--zstd --create"})
  void addsATarOfAnyCompression(String options) throws IOException {
    assertThat(add(MINE, tar(options)))
        .isEqualTo(
            new TemplateReport(MINE, "added from a tar, classic init", true, DataSize.ofBytes(4)));

    Path rootfs = templates.rootfs(MINE);
    assertThat(rootfs.resolve("etc/issue")).hasContent("mine");
    assertThat(Files.getAttribute(rootfs.resolve("etc/issue"), "unix:uid")).isEqualTo(33);
    assertThat((int) Files.getAttribute(rootfs.resolve("etc/issue"), "unix:mode") & 07777)
        .isEqualTo(04755);
    assertThat(rootfs.resolve("dev/null")).doesNotExist();
  }

  @Test
  void hasTheSameDigestWheneverTheTarWasMade() throws IOException {
    add(MINE, tar("--create"));
    byte[] later = tar("--create --mtime=@1000000000");
    add(new TemplateName("mine-again"), later);

    assertThat(templates.get(new TemplateName("mine-again")).digest())
        .isEqualTo(templates.get(MINE).digest());
  }

  @Test
  void findsOneByItsContentsWhateverItsName() throws IOException {
    add(MINE, tar("--create"));
    add(new TemplateName("copy"), tar("--create"));
    String digest = templates.get(MINE).digest();

    assertThat(templates.withContents(digest, MINE)).contains(MINE);
    assertThat(templates.withContents(digest, BASE)).contains(new TemplateName("copy"));
    assertThat(templates.withContents("sha256:other", MINE)).isEmpty();
  }

  @Test
  void refusesANameThatIsTaken() throws IOException {
    ships("base", "exit 1");
    byte[] tar = tar("--create");
    add(MINE, tar);

    assertThatThrownBy(() -> add(MINE, tar))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.NAME_TAKEN))
        .hasMessage("cannot add template 'mine': there is one of that name. Choose another name.");
    assertThatThrownBy(() -> add(BASE, tar))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.NAME_TAKEN))
        .hasMessage(
            "cannot add template 'base': one of that name ships with Letargo."
                + " Choose another name.");
  }

  @Test
  void refusesWhatIsNoTar() {
    byte[] text = "this is no tar\n".repeat(1000).getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> add(MINE, text))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.INVALID_REQUEST))
        .hasMessageStartingWith("cannot unpack the template: tar ended with status 2: ")
        .hasMessageEndingWith(
            ". Give a tar of a root file system, plain or compressed with gzip, xz or zstd.");
    assertNothingPartial();
  }

  @Test
  void refusesAnEmptyStream() {
    assertThatThrownBy(() -> add(MINE, new byte[0]))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.INVALID_REQUEST));
    assertNothingPartial();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--create", "--gzip --create", "--zstd --create"})
  void refusesATarThatIsCut(String options) throws IOException {
    byte[] tar = tar(options);
    int length = options.equals("--create") ? indexOf(tar, "mine") + 2 : tar.length / 2;

    assertThatThrownBy(() -> add(MINE, Arrays.copyOf(tar, length)))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.INVALID_REQUEST))
        .hasMessageStartingWith("cannot unpack the template: tar ended with status 2: ");
    assertNothingPartial();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "gzip", "zstd"})
  void refusesATarThatIsCutBetweenTwoEntries(String compression) throws Exception {
    byte[] tar = tar("--create");
    int length = indexOf(tar, "./etc/issue") + 1024; // header and content: the last entry is whole
    Path cut = Files.write(temporary.resolve("cut.tar"), Arrays.copyOf(tar, length));
    if (!compression.isEmpty()) {
      Path packed = temporary.resolve("cut.packed");
      new ProcessBuilder(compression, "-c", cut.toString())
          .redirectOutput(packed.toFile())
          .start()
          .waitFor();
      cut = packed;
    }
    byte[] sent = Files.readAllBytes(cut);

    assertThatThrownBy(() -> add(MINE, sent))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.INVALID_REQUEST))
        .hasMessage(
            "cannot unpack the template: the tar has no end: it is cut short. Copy or make it"
                + " again.");
    assertNothingPartial();
  }

  @Test
  void addsNothingWhenTheCallerHangsUpWhereTheTarCouldEnd() throws IOException {
    byte[] tar = tar("--create");
    InputStream hangsUp =
        new SequenceInputStream(
            new ByteArrayInputStream(tar),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new EOFException("the caller hung up before its input ended");
              }
            });

    assertThatThrownBy(() -> add(MINE, hangsUp))
        .isInstanceOf(VpsException.class)
        .hasMessageStartingWith(
            "cannot make template 'mine': the caller hung up before its input ended.");
    assertThat(templates.list()).isEmpty();
    assertNothingPartial();
  }

  @Test
  void endsAnAdditionThatIsCancelledThoughTheCallerGoesOn() {
    OperationId id = OperationId.create();
    AtomicBoolean cancelled = new AtomicBoolean();
    ProgressListener cancels =
        progress -> {
          if (progress.doneBytes() > 0 && cancelled.compareAndSet(false, true)) {
            operations.cancel(id);
          }
        };
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 0;
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            return length;
          }
        };

    assertThatThrownBy(
            () -> operations.run(id, cancels, operation -> templates.add(MINE, endless, operation)))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.CANCELLED));
    assertNothingPartial();
  }

  private TemplateReport build(TemplateName name) {
    return operations.run(
        OperationId.create(), ProgressListener.NONE, operation -> templates.build(name, operation));
  }

  private TemplateReport add(TemplateName name, byte[] tar) {
    return add(name, new ByteArrayInputStream(tar));
  }

  private TemplateReport add(TemplateName name, InputStream tar) {
    return operations.run(
        OperationId.create(),
        ProgressListener.NONE,
        operation -> templates.add(name, tar, operation));
  }

  private void ships(String name, String build) {
    Path place = configuration.programDir().resolve("share/templates").resolve(name);
    Programs.script(place, "build", "set -e\n" + build + "\n");
    try {
      Files.writeString(
          place.resolve("template.json"),
          """
          {"description": "ships", "stopSignal": "SIGTERM", "init": ["/sbin/init"],
           "systemd": false}
          """);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A small root file system with a file of www-data that is setuid, and a device. */
  private byte[] tar(String options) throws IOException {
    Path root = temporary.resolve("root");
    if (!Files.exists(root)) {
      Files.createDirectories(root.resolve("dev"));
      Files.writeString(root.resolve("dev/null"), "left out");
      Path issue =
          Files.writeString(Files.createDirectory(root.resolve("etc")).resolve("issue"), "mine");
      Files.setAttribute(issue, "unix:uid", 33);
      Files.setAttribute(issue, "unix:mode", 0104755);
      Files.setLastModifiedTime(issue, FileTime.fromMillis(1_700_000_000_000L));
    }
    Path tar = temporary.resolve("made.tar");
    List<String> line = new ArrayList<>(List.of("tar", "-C", root.toString()));
    line.addAll(List.of(options.split(" ")));
    line.addAll(List.of("--sort=name", "--file", tar.toString(), "."));
    Command.of(line).run().orFail("cannot make a tar");
    return Files.readAllBytes(tar);
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
  }

  private void assertNothingPartial() {
    try (Stream<Path> found = Files.list(folder)) {
      assertThat(found.filter(path -> path.getFileName().toString().startsWith("."))).isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
