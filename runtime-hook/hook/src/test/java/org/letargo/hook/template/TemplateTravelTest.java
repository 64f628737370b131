package org.letargo.hook.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.archive.TransferProgress;
import org.letargo.archive.disk.TemplateFileWriter;
import org.letargo.hook.command.Command;
import org.letargo.hook.config.HookConfiguration;
import org.letargo.hook.operation.Operations;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.ProgressListener;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.TemplateReport;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.rootfs.LinuxFileSystemCalls;
import org.letargo.hook.testing.Samples;

/** Templates that come from another host, and templates that go. */
@Timeout(60)
class TemplateTravelTest {
  private static final TemplateName MINE = new TemplateName("mine");
  private static final TemplateName THEIRS = new TemplateName("theirs");

  @TempDir Path temporary;
  private Templates here;
  private Templates there;
  private Path folderThere;
  private Operations operations;

  @BeforeEach
  void twoHosts() {
    HookConfiguration second = Samples.configuration(temporary.resolve("there"));
    here = new Templates(Samples.configuration(temporary.resolve("here")));
    there = new Templates(second);
    folderThere = second.templateDir();
    operations = new Operations(temporary.resolve("operations"));
  }

  @Test
  void isTheSameOnAnotherHost() throws IOException {
    addTar(here, MINE);

    TemplateReport added = add(there, THEIRS, export(here, MINE));

    assertThat(there.get(THEIRS)).isEqualTo(here.get(MINE));
    assertThat(there.withContents(here.get(MINE).digest(), MINE)).contains(THEIRS);
    assertThat(added.description()).isEqualTo("added from a tar, classic init");
    Path rootfs = there.rootfs(THEIRS);
    assertThat(Files.getAttribute(rootfs.resolve("etc/issue"), "user:kind"))
        .isEqualTo("x".getBytes(StandardCharsets.UTF_8));
    assertThat(Files.getAttribute(rootfs.resolve("etc/issue"), "unix:uid")).isEqualTo(33);
    assertThat(Files.isSameFile(rootfs.resolve("etc/issue"), rootfs.resolve("etc/same"))).isTrue();
    assertThat(rootfs.resolve("dev")).isEmptyDirectory();
  }

  @Test
  void isAnOrdinaryTarForEverybodyElse() throws IOException {
    addTar(here, MINE);
    Path file = Files.write(temporary.resolve("mine.template"), export(here, MINE));

    String listed = Command.of("tar", "--zstd", "-tf", file.toString()).run().output();

    assertThat(listed.lines())
        .containsExactly(
            ".letargo-template.json", "./", "dev/", "etc/", "etc/issue", "etc/same", "var/");
  }

  @Test
  void refusesAFileWhoseContentsAreNotThoseItSpeaksOf() throws IOException {
    addTar(here, MINE);
    String claimed = "sha256:" + "0".repeat(64);
    TemplateInfo info = here.get(MINE);
    TemplateInfo lie =
        new TemplateInfo(
            info.description(),
            info.stopSignal(),
            info.init(),
            false,
            Optional.of(new TemplateInfo.Contents(claimed, 4, Optional.of(1L), Optional.empty())));
    var file = new ByteArrayOutputStream();
    TemplateFileWriter.write(
        new LinuxFileSystemCalls(),
        here.rootfs(MINE),
        TemplateDescription.of(MINE, lie).toJson(),
        file,
        1,
        TransferProgress.NONE);

    assertThatThrownBy(() -> add(there, THEIRS, file.toByteArray()))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.ARCHIVE_REFUSED))
        .hasMessage(
            "cannot make template 'theirs': the file says that its contents have the digest "
                + claimed
                + ", and they have "
                + info.digest()
                + ". Export it again on the host that it comes from.");
    assertNothingThere();
  }

  @Test
  void refusesAFileThatIsCutShort() throws IOException {
    addTar(here, MINE);
    byte[] file = export(here, MINE);

    assertThatThrownBy(() -> add(there, THEIRS, Arrays.copyOf(file, file.length - 10)))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.ARCHIVE_REFUSED))
        .hasMessageStartingWith(
            "cannot make template 'theirs': the file of the template is damaged, it cannot be"
                + " decompressed");
    assertNothingThere();
  }

  @Test
  void addsNothingWhenTheCallerHangsUp() throws IOException {
    addTar(here, MINE);
    byte[] file = export(here, MINE);
    InputStream hangsUp =
        new SequenceInputStream(
            new ByteArrayInputStream(file, 0, file.length - 10),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new EOFException("the caller hung up before its input ended");
              }
            });

    assertThatThrownBy(() -> add(there, THEIRS, hangsUp))
        .isInstanceOf(VpsException.class)
        .hasMessageContaining("the caller hung up before its input ended");
    assertNothingThere();
  }

  @Test
  void doesNotExportWhatIsNoLongerWhatItWas() throws IOException {
    addTar(here, MINE);
    Files.writeString(here.rootfs(MINE).resolve("etc/issue"), "edited");

    assertThatThrownBy(() -> export(here, MINE))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.CHECKPOINT_CORRUPT))
        .hasMessage(
            "cannot export template 'mine': the files in "
                + here.rootfs(MINE)
                + " are not what they were when it was made. Use a copy from another host, or"
                + " build it anew under another name.");
  }

  @Test
  void refusesATreeThatCouldNotTravel() throws IOException {
    Path root = tree();
    Files.setAttribute(root.resolve("etc/issue"), "unix:uid", 70_000);

    assertThatThrownBy(() -> add(here, MINE, tar(root)))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.INVALID_REQUEST))
        .hasMessage(
            "cannot make template 'mine': the disk cannot be saved at 'etc/issue', user id 70000 is"
                + " outside its own range, 0 to 65535. Mend that file where the template comes"
                + " from; ids are from 0 to 65535.");
  }

  @Test
  void removesOneForGood() throws IOException {
    addTar(there, THEIRS);

    remove(THEIRS, List.of());

    assertThat(there.list()).isEmpty();
    assertNothingThere();
    assertThatThrownBy(() -> remove(THEIRS, List.of()))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
  }

  @Test
  void doesNotRemoveWhatVpsesNeedAndNamesThem() throws IOException {
    addTar(there, THEIRS);

    assertThatThrownBy(() -> remove(THEIRS, List.of(new VpsName("web2"), new VpsName("web1"))))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.WRONG_STATE))
        .hasMessage(
            "cannot remove template 'theirs': the disks and checkpoints of these VPSes build on it:"
                + " 'web1', 'web2'. Destroy them first; 'letargo export' keeps them as files.");
    assertThat(there.rootfs(THEIRS)).isDirectory();
  }

  @Test
  void doesNotRemoveWhatSomebodyWorksWith() throws IOException {
    addTar(there, THEIRS);

    try (TemplateUse _ = there.use(THEIRS);
        TemplateUse _ = there.use(THEIRS)) {
      there.use(THEIRS).close();
      assertThatThrownBy(() -> remove(THEIRS, List.of()))
          .isInstanceOfSatisfying(
              VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.BUSY));
    }

    remove(THEIRS, List.of());
    assertThatThrownBy(() -> there.use(THEIRS))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
  }

  @Test
  void finishesARemovalThatWasInterrupted() throws IOException {
    Path leaving = folderThere.resolve(".removed-theirs-op-0123456789ab");
    Files.createFile(Files.createDirectories(leaving.resolve("rootfs/etc")).resolve("file"));
    List<OperationId> removed = new ArrayList<>();

    there.recover(removed::add);

    assertThat(removed).containsExactly(new OperationId("op-0123456789ab"));
    assertNothingThere();
  }

  @Test
  void knowsAnAdditionThatWasDoneAndNotYetTold() throws IOException {
    addTar(there, THEIRS);
    assertThat(folderThere.resolve("theirs/journal.json")).doesNotExist();
    Files.writeString(folderThere.resolve("theirs/journal.json"), "\"op-0123456789ab\"");
    List<OperationId> made = new ArrayList<>();

    there.recover(made::add);

    assertThat(made).containsExactly(new OperationId("op-0123456789ab"));
    assertThat(folderThere.resolve("theirs/journal.json")).doesNotExist();
    assertThat(there.get(THEIRS).systemd()).isFalse();
  }

  @Test
  void renewsADigestOfTheOldFormAndStillKnowsThatOne() throws IOException {
    addTar(there, THEIRS);
    TemplateInfo now = there.get(THEIRS);
    String old = "sha256:" + "1".repeat(64);
    Files.writeString(
        folderThere.resolve("theirs/template.json"),
        """
        {"description": "old", "stopSignal": "SIGTERM", "init": ["/sbin/init"], "systemd": false,
         "contents": {"digest": "%s", "sizeBytes": 4}}
        """
            .formatted(old));

    there.recover(_ -> {});

    assertThat(there.get(THEIRS).digest()).isEqualTo(now.digest());
    assertThat(there.withContents(now.digest(), MINE)).contains(THEIRS);
    assertThat(there.withContents(old, MINE)).contains(THEIRS);
    assertThat(there.get(THEIRS).description()).isEqualTo("old");
  }

  private void addTar(Templates host, TemplateName name) throws IOException {
    add(host, name, tar(tree()));
  }

  private Path tree() throws IOException {
    Path root = Files.createTempDirectory(temporary, "tree");
    Files.setAttribute(root, "unix:mode", 0755);
    Path issue =
        Files.writeString(Files.createDirectory(root.resolve("etc")).resolve("issue"), "mine");
    Files.setAttribute(issue, "unix:uid", 33);
    Files.setAttribute(issue, "user:kind", "x".getBytes(StandardCharsets.UTF_8));
    Files.createLink(root.resolve("etc/same"), issue);
    Files.createDirectory(root.resolve("var"));
    Files.writeString(Files.createDirectory(root.resolve("dev")).resolve("null"), "left out");
    return root;
  }

  private byte[] tar(Path root) throws IOException {
    Path tar = temporary.resolve("made.tar");
    Command.of("tar", "-C", root.toString(), "--xattrs", "-cf", tar.toString(), ".")
        .run()
        .orFail("cannot make a tar");
    return Files.readAllBytes(tar);
  }

  private byte[] export(Templates host, TemplateName name) {
    var file = new ByteArrayOutputStream();
    operations.run(
        OperationId.create(),
        ProgressListener.NONE,
        operation -> {
          try {
            host.export(name, file, operation);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return name;
        });
    return file.toByteArray();
  }

  private TemplateReport add(Templates host, TemplateName name, byte[] file) {
    return add(host, name, new ByteArrayInputStream(file));
  }

  private TemplateReport add(Templates host, TemplateName name, InputStream file) {
    return operations.run(
        OperationId.create(), ProgressListener.NONE, operation -> host.add(name, file, operation));
  }

  private void remove(TemplateName name, List<VpsName> users) {
    operations.run(
        OperationId.create(),
        ProgressListener.NONE,
        operation -> {
          there.remove(name, () -> users, operation);
          return name;
        });
  }

  private void assertNothingThere() throws IOException {
    try (Stream<Path> found = Files.list(folderThere)) {
      assertThat(found).isEmpty();
    }
  }
}
