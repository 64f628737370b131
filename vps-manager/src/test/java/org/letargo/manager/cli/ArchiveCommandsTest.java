package org.letargo.manager.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.manager.cli.testing.FakeApi;
import org.letargo.manager.cli.testing.FakeApi.Seen;
import org.letargo.manager.cli.testing.FakeArchives;

/** export and import. */
class ArchiveCommandsTest {
  private static final long BIG = 200L << 20;

  private final FakeApi api = new FakeApi();
  private final CliRun cli;
  private final Path folder;
  private final Path file;

  ArchiveCommandsTest(@TempDir Path folder) {
    this.folder = folder;
    this.file = folder.resolve("web1.letargo");
    cli = CliRun.on(api, folder);
  }

  @AfterEach
  void nothingWasAskedThatTheApiDoesNotHave() {
    api.close();
    assertThat(api.violations()).isEmpty();
  }

  @Test
  void exportsTwoHundredMebibytesIntoAFileThatOnlyItsOwnerReads() throws Exception {
    api.host().put("web1", "suspended");
    api.archives().setSize(BIG);

    int status = cli.run("export", "web1", file.toString());

    assertThat(status).isZero();
    assertThat(cli.out()).isEqualTo("web1: exported, 200.0 MiB in " + file + "\n");
    assertThat(sha256(file)).isEqualTo(FakeArchives.digestOf(BIG));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(folder.resolve("web1.letargo.part")).doesNotExist();
  }

  @Test
  void exportsIntoAPipe() throws Exception {
    api.host().put("web1", "suspended");
    var hash = MessageDigest.getInstance("SHA-256");

    int status =
        cli.outputTo(new DigestOutputStream(OutputStream.nullOutputStream(), hash))
            .run("export", "web1", "-");

    assertThat(status).isZero();
    assertThat(HexFormat.of().formatHex(hash.digest())).isEqualTo(FakeArchives.digestOf(1 << 20));
  }

  @Test
  void doesNotExportToATerminal() {
    api.host().put("web1", "suspended");

    int status = cli.on(new FakeTerminal(true)).run("export", "web1", "-");

    assertThat(status).isEqualTo(20);
    assertThat(cli.err())
        .isEqualTo(
            "letargo: did not export web1: an archive is not for a terminal. Give a file name, or"
                + " let '-' lead into a pipe.\n");
    assertThat(api.requests()).isEmpty();
  }

  @Test
  void leavesNothingOfAnArchiveThatBrokeOffAndSaysWhy() throws IOException {
    api.host().put("web1", "suspended");
    api.archives().setSize(BIG);
    api.archives().breakAt(20 << 20);

    int status = cli.run("export", "web1", file.toString());

    assertThat(status).isEqualTo(46);
    assertThat(cli.err()).endsWith("letargo: cannot export it: the disk is full. Make room.\n");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void doesNotReplaceAFileUnasked() throws IOException {
    api.host().put("web1", "suspended");
    Files.writeString(file, "precious");

    assertThat(cli.run("export", "web1", file.toString())).isEqualTo(21);
    assertThat(cli.err())
        .isEqualTo(
            "letargo: did not write '"
                + file
                + "': it is there already. Choose another name, or"
                + " replace it with --force.\n");
    assertThat(file).hasContent("precious");
    assertThat(api.requests()).isEmpty();

    assertThat(cli.run("export", "web1", file.toString(), "--force")).isZero();
    assertThat(file).hasSize(1 << 20);
  }

  @Test
  void keepsTheOldFileWhenItsReplacementBreaksOff() throws IOException {
    api.host().put("web1", "suspended");
    api.archives().breakAt(1 << 19);
    Files.writeString(file, "precious");

    assertThat(cli.run("export", "web1", file.toString(), "--force")).isEqualTo(46);
    assertThat(file).hasContent("precious");
  }

  @Test
  void writesThroughNoLinkThatLiesInTheWay() throws IOException {
    api.host().put("web1", "suspended");
    Path victim = Files.writeString(folder.resolve("victim"), "precious");
    Files.createSymbolicLink(folder.resolve("web1.letargo.part"), victim);

    assertThat(cli.run("export", "web1", file.toString())).isZero();
    assertThat(victim).hasContent("precious");
    assertThat(file).isRegularFile().hasSize(1 << 20);
  }

  @Test
  void saysWhereItCannotWrite() {
    api.host().put("web1", "suspended");

    int status = cli.run("export", "web1", folder.resolve("no/such/folder.letargo").toString());

    assertThat(status).isEqualTo(3);
    assertThat(cli.err()).startsWith("letargo: cannot write '");
  }

  @Test
  void importsTwoHundredMebibytesOfAFile() throws IOException {
    writeArchive(BIG);

    int status = cli.run("import", file.toString(), "--name", "web2");

    assertThat(status).isZero();
    assertThat(cli.out()).isEqualTo("web2: imported\n");
    assertThat(api.archives().digest()).isEqualTo(FakeArchives.digestOf(BIG));
    assertThat(api.requests()).first().isEqualTo(new Seen("POST", "/v1/archives?name=web2", ""));
  }

  @Test
  void importsFromAPipeUnderItsOldNameAndResumes() {
    int status = cli.input(pieces(50 << 20)).run("import", "-", "--resume");

    assertThat(status).isZero();
    assertThat(cli.out()).isEqualTo("from-archive: imported\nfrom-archive: resumed\n");
    assertThat(api.archives().digest()).isEqualTo(FakeArchives.digestOf(50 << 20));
    assertThat(api.host().vps("from-archive").path("state").asText()).isEqualTo("running");
  }

  @Test
  void hearsARefusalInTheMiddleOfTheUpload() throws IOException {
    writeArchive(BIG);
    api.archives().refuseAt(3 << 20);

    int status = cli.run("import", file.toString(), "--name", "web2");

    assertThat(status).isEqualTo(203);
    assertThat(cli.err()).endsWith("letargo: archive is refused: it is damaged. Get it again.\n");
    assertThat(api.host().has("web2")).isFalse();
  }

  @Test
  void hearsThatTheNameIsTaken() throws IOException {
    writeArchive(BIG);
    api.host().put("web2", "running");

    assertThat(cli.run("import", file.toString(), "--name", "web2")).isEqualTo(44);
    assertThat(cli.err()).endsWith("there is one. Take another name.\n");
  }

  @Test
  void doesNotLetAHalfReadSourcePassForAWholeOne() {
    var breaking =
        new InputStream() {
          private long left = 5 << 20;

          @Override
          public int read() throws IOException {
            throw new IOException("unused");
          }

          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            if (left <= 0) {
              throw new IOException("Input/output error");
            }
            left -= length;
            return length;
          }
        };

    int status = cli.input(breaking).run("import", "-", "--name", "web2");

    assertThat(status).isEqualTo(3);
    assertThat(cli.err())
        .endsWith(
            "letargo: cannot read what is to be sent: Input/output error. Nothing of it was taken"
                + " in; try again when the file is whole.\n");
    assertThat(api.archives().digest()).isEmpty();
  }

  @Test
  void saysWhichFileItCannotRead() {
    assertThat(cli.run("import", "/nowhere/at-all")).isEqualTo(21);
    assertThat(cli.err())
        .isEqualTo(
            "letargo: cannot read '/nowhere/at-all': it does not exist. Name a file that you may"
                + " read.\n");
  }

  @Test
  void exportsATemplate() throws Exception {
    int status = cli.run("template", "export", "debian-12", file.toString());

    assertThat(status).isZero();
    assertThat(cli.out()).isEqualTo("debian-12: exported, 1.0 MiB in " + file + "\n");
    assertThat(sha256(file)).isEqualTo(FakeArchives.digestOf(1 << 20));
    assertThat(cli.run("--json", "template", "export", "debian-12", file.toString(), "--force"))
        .isZero();
    assertThat(cli.out()).contains("\"template\"", "\"bytes\"");
    assertThat(cli.run("template", "export", "nowhere", file.toString(), "--force")).isEqualTo(91);
  }

  @Test
  void removesATemplate() {
    assertThat(cli.run("template", "remove", "debian-12")).isZero();
    assertThat(cli.out()).isEqualTo("debian-12: removed\n");
    assertThat(api.requests()).contains(new Seen("DELETE", "/v1/templates/debian-12", ""));
    assertThat(cli.run("template", "remove", "nowhere")).isEqualTo(91);
  }

  @Test
  void addsATemplate() throws IOException {
    Files.write(file, new byte[1000]);

    int status = cli.run("template", "add", "alpine", file.toString());

    assertThat(status).isZero();
    assertThat(cli.out()).isEqualTo("alpine: added\n");
    assertThat(api.requests()).contains(new Seen("PUT", "/v1/templates/alpine", "1000 bytes"));
  }

  private void writeArchive(long bytes) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        InputStream in = pieces(bytes)) {
      in.transferTo(out);
    }
  }

  /** The bytes that the fake's archives have. */
  private static InputStream pieces(long bytes) {
    return new InputStream() {
      private static final int PIECE = 128 << 10;
      private long at;
      private byte[] piece = new byte[0];

      @Override
      public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] buffer, int offset, int length) {
        if (at >= bytes) {
          return -1;
        }
        int within = (int) (at % PIECE);
        if (within == 0) {
          piece = FakeArchives.piece(at / PIECE, (int) Math.min(PIECE, bytes - at));
        }
        int count = Math.min(length, piece.length - within);
        System.arraycopy(piece, within, buffer, offset, count);
        at += count;
        return count;
      }
    };
  }

  private static String sha256(Path file) throws Exception {
    var hash = MessageDigest.getInstance("SHA-256");
    try (var out = new DigestOutputStream(OutputStream.nullOutputStream(), hash)) {
      Files.copy(file, out);
    }
    return HexFormat.of().formatHex(hash.digest());
  }
}
