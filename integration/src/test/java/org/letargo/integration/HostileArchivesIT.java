package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.letargo.integration.harness.Failure;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Instance;

/**
 * Archives that lie, given to a whole Letargo whose hook has a small heap: each is refused, or what
 * it asks for beyond memory and disk has no effect. Nothing is written outside the import's own
 * folder.
 */
class HostileArchivesIT {
  /** What the idle hook needs, and the 64 MiB that an import may take. */
  private static final String HOOK_HEAP = "-Xmx96m";

  private static final int TRUNCATIONS = 50;
  private static final int FLIPPED_BITS = 200;
  private static final long IMPORT_HEAP_BYTES = 64L << 20;

  /** A name that the lies try to make somewhere; found nowhere afterwards. */
  private static final String MARK = "letargo-hostile-" + Long.toHexString(new Random().nextLong());

  @RegisterExtension
  static final Fixture letargo =
      Fixture.instance(Instance.Options.DEFAULT.withHookFlags(HOOK_HEAP));

  @TempDir private static Path scratch;
  private static Forge forge;

  @BeforeAll
  static void exportATrueOne() throws IOException {
    forge = TrueArchive.export(letargo.get(), scratch).forge();
  }

  @AfterEach
  void findsTheMarkNowhere() {
    List<Path> places = new ArrayList<>();
    for (Path folder = letargo.get().state(); folder != null; folder = folder.getParent()) {
      places.add(folder);
    }
    places.addAll(
        List.of(Path.of("/tmp"), Path.of("/etc"), Path.of("/etc/cron.d"), Path.of("/root")));
    for (Path place : places) {
      assertThat(place.resolve(MARK)).doesNotExist();
    }
  }

  @Test
  void refusesAnArchiveThatIsCutShort() {
    byte[] archive = forge.archive();
    Random random = new Random(9);
    TreeSet<Integer> lengths =
        new TreeSet<>(List.of(0, 1, 4, forge.firstFrameBytes(), archive.length - 1));
    while (lengths.size() < TRUNCATIONS) {
      lengths.add(random.nextInt(archive.length));
    }
    List<String> before = listing();

    for (int length : lengths) {
      Failure failure = refused(Arrays.copyOf(archive, length));

      assertThat(failure.code()).as("%d bytes: %s", length, failure).isEqualTo("ARCHIVE_REFUSED");
      assertThat(listing()).isEqualTo(before);
    }
    System.out.printf("truncated archives: %d, accepted: 0%n", lengths.size());
  }

  @Test
  void refusesAnArchiveWithAFlippedBit() {
    byte[] archive = forge.archive();
    Random random = new Random(10);
    TreeSet<Integer> bits = new TreeSet<>();
    while (bits.size() < FLIPPED_BITS / 4) {
      bits.add(random.nextInt(forge.firstFrameBytes() * 8)); // the manifest
    }
    while (bits.size() < FLIPPED_BITS / 2) {
      bits.add((archive.length - 1 - random.nextInt(120)) * 8 + random.nextInt(8)); // the table
    }
    while (bits.size() < FLIPPED_BITS) {
      bits.add(random.nextInt(archive.length) * 8 + random.nextInt(8));
    }
    List<String> before = listing();

    for (int bit : bits) {
      byte[] flipped = archive.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      Failure failure = refused(flipped);

      assertThat(failure.code()).as("bit %d: %s", bit, failure).isEqualTo("ARCHIVE_REFUSED");
      assertThat(listing()).isEqualTo(before);
    }
    System.out.printf("archives with a flipped bit: %d, accepted: 0%n", bits.size());
  }

  private interface Lie {
    byte[] told() throws IOException;
  }

  /**
   * A lie that the import sees.
   *
   * @param why a part of the refusal's reason
   */
  private record Refused(String what, String code, String why, Lie lie) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Refused> lies() {
    return Stream.of(
        header("entry with '..'", "its name leads out", h -> name(h, "../../../../tmp/" + MARK)),
        header("absolute entry", "its name is absolute", h -> name(h, "/etc/cron.d/" + MARK)),
        header("symbolic link as entry", "it is a link to '/etc/shadow'", h -> link(h, '2')),
        header("hard link as entry", "it is a link to '/etc/shadow'", h -> link(h, '1')),
        header("device as entry", "it is a device or a pipe", h -> h[156] = '3'),
        header("setuid entry", "its tar header is not", h -> Forge.text(h, 100, "0104755\0")),
        refused("file of 2^62 bytes", "4611686018427387904", () -> claiming(1L << 62)),
        new Refused("file of 8 TiB", "NO_SPACE", "does not fit", () -> claiming(1L << 43)),
        refused("zip bomb", "bytes of content, and ", () -> forge.withBomb(256 << 20)),
        refused(
            "file with '..' in the manifest",
            "no checkpoint has a file of that name",
            () -> renamed("checkpoint/../../../" + MARK)),
        refused(
            "absolute file in the manifest",
            "no checkpoint has a file of that name",
            () -> renamed("/etc/cron.d/" + MARK)),
        refused(
            "name of a VPS that leads out",
            "name",
            () -> forge.withManifest(forge.manifest().replace("\"true\"", "\"../" + MARK + "\""))),
        refused(
            "unknown key in the manifest",
            "hooks",
            () -> forge.withManifest("{ \"hooks\" : [ ]," + forge.manifest().substring(1))),
        disk("'..' on the disk", "the name has the part '..'", file("../" + MARK, 0644, 0)),
        disk("absolute name on the disk", "the name is absolute", file("/tmp/" + MARK, 0644, 0)),
        disk("setuid outside the ids", "user id 70000 is more", file(MARK, 04755, 70_000)),
        disk(
            "through a link on the disk",
            "its directory is not the one",
            concat(entry("a", '2', "/tmp"), file("a/" + MARK, 0644, 0))),
        disk("hard link out of the disk", "the name has the part '..'", entry(MARK, '1', "../x")),
        disk("memory of the host", "device 1:1 is none of", device('3', 1, 1)),
        disk("disk of the host", "device 8:0 is none of", device('4', 8, 0)));
  }

  private static Refused refused(String what, String why, Lie lie) {
    return new Refused(what, "ARCHIVE_REFUSED", why, lie);
  }

  private static Refused header(String what, String why, Forge.HeaderLie lie) {
    return refused(what, why, () -> forge.withFirstHeader(lie));
  }

  private static void name(byte[] header, String name) {
    Arrays.fill(header, 0, 100, (byte) 0);
    Forge.text(header, 0, name);
  }

  private static void link(byte[] header, char type) {
    header[156] = (byte) type;
    Forge.text(header, 157, "/etc/shadow");
  }

  /** The first file of the manifest claims to be so long. */
  private static byte[] claiming(long sizeBytes) {
    return forge.withManifest(
        forge.manifest().replaceFirst("\"sizeBytes\" : [0-9]+", "\"sizeBytes\" : " + sizeBytes));
  }

  private static byte[] renamed(String path) {
    return forge.withManifest(
        forge.manifest().replaceFirst("\"path\" : \"[^\"]+\"", "\"path\" : \"" + path + "\""));
  }

  private static Refused disk(String what, String why, byte[] entries) {
    byte[] root = Forge.tarEntry("./", '5', 0755, 0, "", 0, 0);
    byte[] tar = concat(concat(root, entries), new byte[1024]);
    return refused(
        what,
        why,
        () ->
            forge.withFiles(
                scratch, directory -> Files.write(directory.resolve("rootfs-diff.tar"), tar)));
  }

  private static byte[] file(String name, int mode, int userId) {
    return Forge.tarEntry(name, '0', mode, userId, "", 0, 0);
  }

  private static byte[] entry(String name, char type, String link) {
    return Forge.tarEntry(name, type, 0777, 0, link, 0, 0);
  }

  private static byte[] device(char type, int major, int minor) {
    return Forge.tarEntry("dev-" + MARK, type, 0666, 0, "", major, minor);
  }

  private static byte[] concat(byte[] first, byte[] second) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(first);
    all.writeBytes(second);
    return all.toByteArray();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lies")
  void refusesLies(Refused refused) throws IOException {
    List<String> before = listing();

    Failure failure = refused(refused.lie().told());

    assertThat(failure.message()).contains(refused.why()).doesNotContain("Exception");
    assertThat(failure.code()).as(failure.message()).isEqualTo(refused.code());
    assertThat(listing()).isEqualTo(before);
  }

  @Test
  void needsLittleMemory() {
    long before = usedHeapBytes();

    for (int i = 0; i < 5; i++) {
      refused(forge.withBomb(512 << 20));
    }

    assertThat(usedHeapBytes() - before).isLessThan(IMPORT_HEAP_BYTES);
    assertThat(letargo.get().hook().log()).doesNotContain("OutOfMemoryError");
  }

  /** What is in use after a collection. */
  private static long usedHeapBytes() {
    String jcmd = Path.of(System.getProperty("java.home"), "bin/jcmd").toString();
    String pid = String.valueOf(letargo.get().hook().pid());
    HostCommand.run(jcmd, pid, "GC.run");
    Matcher used =
        Pattern.compile("used ([0-9]+)K").matcher(HostCommand.run(jcmd, pid, "GC.heap_info"));
    long bytes = 0;
    while (used.find()) {
      bytes += Long.parseLong(used.group(1)) << 10;
    }
    return bytes; // with the classes' memory, which only makes it more
  }

  private static Failure refused(byte[] archive) {
    return letargo.get().api().importFails(archive);
  }

  /**
   * All that is in the hook's state, but for its records of operations and the manager's own, and
   * for what the store will collect: chunks have no names that an archive could choose.
   */
  private static List<String> listing() {
    Path state = letargo.get().state();
    try (Stream<Path> files = Files.walk(state)) {
      return files
          .filter(file -> !file.startsWith(state.resolve("operations")))
          .filter(file -> !file.startsWith(state.resolve("manager")))
          .filter(file -> !file.startsWith(state.resolve("store/packs")))
          .filter(file -> !file.equals(state.resolve("store/sequence")))
          .map(file -> describe(state, file))
          .sorted()
          .toList();
    } catch (UncheckedIOException e) {
      return listing(); // a pack went while it was looked at
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String describe(Path state, Path file) {
    return state.relativize(file) + (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS) ? "/" : "");
  }
}
