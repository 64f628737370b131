package org.letargo.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.fail;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Archives that lie. Each is refused with its own sentence, and nothing is left of it. */
class HostileArchiveTest {
  private static final ArchiveLimits PLENTY = new ArchiveLimits(1L << 40, 1L << 40);

  @TempDir Path scratch;
  private Path source;
  private Path target;

  @BeforeEach
  void directories() throws IOException {
    source = Samples.sealed(scratch.resolve("source"), 11, 8);
    target = Files.createDirectory(scratch.resolve("target"));
  }

  @Test
  void refusesAnArchiveCutShortAnywhere() throws IOException {
    byte[] archive = ArchiveRoundTripTest.archive(source, 2);
    var random = new Random(50);
    var lengths = new TreeSet<>(List.of(0, 1, 5, 100, archive.length - 1, archive.length - 9));
    while (lengths.size() < 60) {
      lengths.add(random.nextInt(archive.length));
    }

    for (int length : lengths) {
      ArchiveException refusal = refusal(Arrays.copyOf(archive, length));

      assertThat(refusal)
          .hasMessage(
              "the archive is incomplete: it ends after %d bytes. Use another copy, or take a new"
                  + " checkpoint.",
              length);
    }
  }

  @Test
  void refusesEveryFlippedBit() throws IOException {
    byte[] archive = ArchiveRoundTripTest.archive(source, 2);
    var random = new Random(200);
    var bits = new TreeSet<Integer>();
    for (int i = 0; i < 64 * 8; i += 7) {
      bits.add(i); // the first frame's head
      bits.add((archive.length - 64) * 8 + i); // trailer and table
    }
    while (bits.size() < 400) {
      bits.add(random.nextInt(archive.length * 8));
    }

    for (int bit : bits) {
      byte[] flipped = archive.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);

      assertThat(refusal(flipped).kind())
          .as("bit %d", bit)
          .isNotEqualTo(ArchiveException.Kind.TOO_LARGE);
    }
  }

  /** A lie about one entry: what it does to the tar entry, and how it is refused. */
  static Stream<Arguments> entries() {
    return Stream.of(
        lie("..", e -> e.setName("../../../etc/cron.d/x"), "its name leads out of the archive"),
        lie("absolute", e -> e.setName("/etc/passwd"), "its name is absolute"),
        lie(
            "unlisted",
            e -> e.setName("authorized_keys"),
            "the manifest has 'config.dump' at this"),
        lie("wrong order", e -> e.setName("spec.dump"), "the manifest has 'config.dump' at this"),
        lie("too long", e -> e.setSize(1 << 20), "it claims 1048576 bytes instead of 13"),
        lie("2^62", e -> e.setSize(1L << 32), "it claims 4294967296 bytes instead of 13"),
        lie("setuid", e -> e.setMode(0104755), "its tar header is not the one that the manifest"),
        lie("owner", e -> e.setUserId(1000), "its tar header is not the one that the manifest"),
        link("symlink", TarConstants.LF_SYMLINK, "it is a link to '/etc/shadow'"),
        link("hard link", TarConstants.LF_LINK, "it is a link to '/etc/shadow'"),
        link("device", TarConstants.LF_CHR, "it is a device or a pipe"),
        link("pipe", TarConstants.LF_FIFO, "it is a device or a pipe"));
  }

  private static Arguments lie(String kind, Consumer<TarArchiveEntry> change, String why) {
    var entry = new TarArchiveEntry("config.dump", true);
    entry.setSize(13);
    return Arguments.of(kind, changed(entry, change), why);
  }

  private static Arguments link(String kind, byte type, String why) {
    var entry = new TarArchiveEntry("config.dump", type, true);
    return Arguments.of(kind, changed(entry, e -> e.setLinkName("/etc/shadow")), why);
  }

  private static TarArchiveEntry changed(TarArchiveEntry entry, Consumer<TarArchiveEntry> change) {
    change.accept(entry);
    return entry;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("entries")
  void refusesEntriesThatTheManifestDoesNotGive(String kind, TarArchiveEntry entry, String why)
      throws IOException {
    var header = new ByteArrayOutputStream();
    @SuppressWarnings("resource")
    var tar = new TarArchiveOutputStream(header);
    tar.putArchiveEntry(entry);
    byte[] manifest = manifest("{\"a\": 1234567".length(), "config.dump");

    ArchiveException refusal =
        refusal(archive(manifest, pad(header.toByteArray(), 512 + 512 + 1024)));

    assertThat(refusal).hasMessageContaining(" of the archive is refused: " + why);
  }

  @Test
  void refusesAMissingFile() throws IOException {
    byte[] manifest = manifest(10, "config.dump");

    assertThat(refusal(archive(manifest, new byte[512 + 512 + 1024])))
        .hasMessageStartingWith("the archive is incomplete: file 'config.dump' is missing");
  }

  @Test
  void refusesAFileThatComesTwiceInTheManifest() throws IOException {
    byte[] manifest = manifest(10, "config.dump", "config.dump");

    assertThat(refusal(archive(manifest, new byte[4096])))
        .hasMessageStartingWith(
            "file 'config.dump' of the manifest is refused: it is listed twice");
  }

  @Test
  void refusesAContentThatIsNotTheManifests() throws IOException {
    byte[] manifest = manifest(10, "config.dump");
    byte[] header = TarHeaders.header("config.dump", 10, Samples.DESCRIPTION.takenAt());

    assertThat(refusal(archive(manifest, pad(header, 512 + 512 + 1024))))
        .hasMessageStartingWith(
            "the archive is damaged at 'config.dump': the content does not have the SHA-256");
  }

  @Test
  void refusesAMoreOrLessOfTarThanTheManifestGives() throws IOException {
    byte[] manifest = manifest(10, "config.dump");

    assertThat(refusal(archive(manifest, new byte[512 + 512 + 1024 + 512])))
        .hasMessageContaining("the frame claims 2560 bytes of content, and 2048 belong here");
  }

  @Test
  void refusesWhatFollowsTheEnd() throws IOException {
    byte[] archive = ArchiveRoundTripTest.archive(source, 1);

    assertThat(refusal(Arrays.copyOf(archive, archive.length + 1)))
        .hasMessageContaining("something follows the end of the archive");
  }

  @Test
  void refusesSizesThatNoDiskHasBeforeWritingAnything() throws IOException {
    byte[] manifest =
        new String(manifest(10, "config.dump"), UTF_8)
            .replace("\"sizeBytes\" : 10", "\"sizeBytes\" : " + (1L << 62))
            .getBytes(UTF_8);

    assertThat(refusal(archive(manifest, new byte[2048])))
        .hasMessageStartingWith(
            "field 'sizeBytes of config.dump' of the manifest is refused: 4611686018427387904");
  }

  @Test
  void refusesWhatDoesNotFit() throws IOException {
    byte[] archive = ArchiveRoundTripTest.archive(source, 1);

    assertThatThrownBy(() -> extract(archive, new ArchiveLimits(1000, 1L << 40)))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("the archive is too large: its files have ");
    assertThatThrownBy(() -> extract(archive, new ArchiveLimits(1L << 40, 1000)))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("the archive does not fit on the disk: it needs ");
    assertThat(target).isEmptyDirectory();
  }

  @Test
  void refusesAZipBombByItsClaim() throws IOException {
    byte[] manifest = manifest(10, "config.dump");
    var out = new ByteArrayOutputStream();
    try (var frames = new FrameOutputStream(out, 1)) {
      frames.writeFirst(entry(manifest));
    }
    byte[] bomb = Zstd.compress(new byte[64 << 20]); // 6 KiB
    bomb[4] |= 4; // says that it has a checksum
    out.writeBytes(bomb);

    assertThat(refusal(out.toByteArray()))
        .hasMessageContaining("the frame claims 67108864 bytes of content, and 2048 belong here");
  }

  @Test
  void refusesAFirstFrameLargerThanAnyManifest() throws IOException {
    byte[] bomb = Zstd.compress(new byte[Manifest.MAX_BYTES + 1024]);
    bomb[4] |= 4; // says that it has a checksum

    assertThat(refusal(bomb)).hasMessageContaining("bytes of content, and 512 to 16777728 belong");
  }

  @Test
  void refusesOtherFiles() throws IOException {
    assertThat(refusal("PK\3\4 not an archive".getBytes(UTF_8)))
        .hasMessage(
            "this is no archive of Letargo: it does not begin with a zstd frame. Give a file that"
                + " 'letargo export' wrote.");
    assertThat(refusal("PK\3\4 not an archive".getBytes(UTF_8)).kind())
        .isEqualTo(ArchiveException.Kind.UNSUPPORTED);
  }

  @Test
  void removesWhatWasWrittenWhenTheCallerCancels() throws IOException {
    byte[] archive = ArchiveRoundTripTest.archive(source, 1);

    assertThatThrownBy(() ->
            ArchiveReader.extract(
                new ByteArrayInputStream(archive),
                target,
                PLENTY,
                (done, total) -> {
                  if (done > total / 2) {
                    throw new IllegalStateException("cancelled");
                  }
                }))
        .hasMessage("cancelled");
    assertThat(target).isEmptyDirectory();
  }

  @Test
  void writesNothingIntoADirectoryThatIsNotEmpty() throws IOException {
    byte[] archive = ArchiveRoundTripTest.archive(source, 1);
    Files.createFile(target.resolve("mine"));

    assertThatThrownBy(() -> extract(archive, PLENTY))
        .isInstanceOf(java.nio.file.DirectoryNotEmptyException.class);
    assertThat(target.resolve("mine")).exists();
  }

  /** The refusal of an archive, after which nothing is left of it. */
  private ArchiveException refusal(byte[] archive) throws IOException {
    try {
      extract(archive, PLENTY);
      return fail("the archive was accepted");
    } catch (ArchiveException e) {
      assertThat(target).isEmptyDirectory();
      return e;
    }
  }

  private void extract(byte[] archive, ArchiveLimits limits) throws IOException {
    ArchiveReader.extract(new ByteArrayInputStream(archive), target, limits, TransferProgress.NONE);
  }

  /** A whole archive around any tar. */
  static byte[] archive(byte[] manifest, byte[] tarBehindManifest) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var frames = new FrameOutputStream(out, 1)) {
      frames.writeFirst(entry(manifest));
      frames.write(tarBehindManifest);
      frames.finish();
    }
    return out.toByteArray();
  }

  private static byte[] entry(byte[] manifest) {
    byte[] header =
        TarHeaders.header(Manifest.FILE_NAME, manifest.length, Samples.DESCRIPTION.takenAt());
    byte[] whole = Arrays.copyOf(header, 512 + manifest.length);
    System.arraycopy(manifest, 0, whole, 512, manifest.length);
    return pad(whole, whole.length + TarHeaders.paddingBytes(manifest.length));
  }

  /** A manifest of files of one size, whatever their names and order. */
  private static byte[] manifest(int sizeBytes, String... paths) {
    var valid =
        new Manifest(
            Manifest.FORMAT_VERSION,
            Samples.DESCRIPTION,
            List.of(new ManifestFile(paths[0], sizeBytes, "0".repeat(64))));
    String json = new String(valid.toJson(), UTF_8);
    int begin = json.indexOf("\"files\"");
    String file = json.substring(json.indexOf('{', begin), json.lastIndexOf(']'));
    String files =
        String.join(",", Stream.of(paths).map(path -> file.replace(paths[0], path)).toList());
    return (json.substring(0, begin) + "\"files\" : [ " + files + " ]\n}\n").getBytes(UTF_8);
  }

  private static byte[] pad(byte[] bytes, int length) {
    return Arrays.copyOf(bytes, length);
  }
}
