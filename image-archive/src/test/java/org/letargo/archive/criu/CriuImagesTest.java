package org.letargo.archive.criu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.letargo.archive.criu.Messages.bytes;
import static org.letargo.archive.criu.Messages.join;
import static org.letargo.archive.criu.Messages.magic;
import static org.letargo.archive.criu.Messages.message;
import static org.letargo.archive.criu.Messages.number;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.letargo.archive.ArchiveException;

class CriuImagesTest {
  private static final int COMMON = 0x54564319;
  private static final int PSTREE = 0x50273030;
  private static final int CORE = 0x55053847;
  private static final int PAGEMAP = 0x56084025;
  private static final int FILES = 0x56303138;
  private static final int MEMORY_MAP = 0x57492820;

  @TempDir Path directory;
  private CriuImages images;

  @BeforeEach
  void images() throws IOException {
    images = new CriuImages(directory);
    write("inventory.img", magic(0x58313116), message(number(1, 2)));
    write(
        "pstree.img",
        magic(COMMON, PSTREE),
        message(number(1, 1), number(2, 0), number(3, 1), number(4, 1), number(5, 1)),
        message(
            number(1, 70),
            number(2, 1),
            number(3, 70),
            number(4, 70),
            number(5, 70),
            number(5, 71)));
    write("core-1.img", magic(COMMON, CORE), message(bytes(3, bytes(6, "systemd".getBytes()))));
    write(
        "pagemap-1.img",
        magic(COMMON, PAGEMAP),
        message(number(1, 1)),
        message(number(1, 0x400000), number(2, 3), number(4, 4)), // present
        message(number(1, 0x600000), number(2, 5), number(4, 2)), // lazy
        message(number(1, 0x700000), number(2, 100), number(4, 1)), // in the parent
        message(number(1, 0x800000), number(2, 0), number(4, 4), number(5, 7))); // CRIU 4.2
    write(
        "pagemap-shmem-9.img",
        magic(COMMON, PAGEMAP),
        message(number(1, 2)),
        message(number(1, 0), number(2, 2)));
  }

  @Test
  void sumsMemoryThatIsPresentOrLazy() throws IOException {
    assertThat(images.memoryBytes()).isEqualTo((3 + 5 + 7 + 2) * 4096);
  }

  @Test
  void listsProcessesWithTheirNames() throws IOException {
    assertThat(images.processes())
        .containsExactly(new CriuProcess(1, 0, 1, 1, "systemd"), new CriuProcess(70, 1, 70, 2, ""));
  }

  @Test
  void readsTheInventory() throws IOException {
    assertThat(images.imageVersion()).isEqualTo(2);
  }

  @Test
  void namesProgramsAndSockets() throws IOException {
    writeOpenFiles();
    write("mm-1.img", magic(COMMON, MEMORY_MAP), message(number(12, 7)));

    assertThat(images.programs(images.processes())).isEqualTo(Map.of(1, "/sbin/init", 70, ""));
    assertThat(images.sockets())
        .containsExactly(
            new CriuSocket("tcp", "listening", "0.0.0.0:80", ""),
            new CriuSocket(
                "tcp6", "connected", "[0:0:0:0:0:0:0:1]:443", "[fe80:0:0:0:0:0:0:2]:50000"),
            new CriuSocket("udp", "", "10.0.0.1:53", ""),
            new CriuSocket("unix", "listening", "/run/x.sock", ""),
            new CriuSocket("unix", "", "@abstract", ""));
    assertThat(images.pagemaps()).containsExactly("pagemap-1.img", "pagemap-shmem-9.img");
  }

  private void writeOpenFiles() throws IOException {
    write(
        "files.img",
        magic(COMMON, FILES),
        message(number(1, 1), number(2, 7), bytes(3, bytes(6, "/sbin/init".getBytes()))),
        message(number(1, 4), number(2, 8), bytes(4, inet(2, 6, 10, 80, 0, word(0), word(0)))),
        message(
            number(1, 4),
            number(2, 9),
            bytes(
                4,
                inet(
                    10,
                    6,
                    1,
                    443,
                    50_000,
                    join(word(0), word(0), word(0), word(0x0100_0000)),
                    join(word(0x80FE), word(0), word(0), word(0x0200_0000))))),
        message(
            number(1, 4),
            number(2, 10),
            bytes(4, inet(2, 17, 7, 53, 0, word(0x0100_000A), word(0)))),
        message(number(1, 4), number(2, 11), bytes(4, inet(2, 17, 7, 0, 0, word(0), word(0)))),
        message(number(1, 5), number(2, 12), bytes(16, unix(10, "/run/x.sock\0"))),
        message(number(1, 5), number(2, 13), bytes(16, unix(7, "\0abstract"))),
        message(number(1, 5), number(2, 14), bytes(16, unix(1, ""))));
  }

  private static byte[] inet(
      int family, int protocol, int state, int port, int remotePort, byte[] local, byte[] remote) {
    return join(
        number(1, 1),
        number(3, family),
        number(5, protocol),
        number(6, state),
        number(7, port),
        number(8, remotePort),
        bytes(11, local),
        bytes(12, remote));
  }

  private static byte[] unix(int state, String name) {
    return join(number(1, 1), number(4, state), bytes(11, name.getBytes()));
  }

  private static byte[] word(int value) {
    return Messages.varint(Integer.toUnsignedLong(value));
  }

  @Test
  void refusesASocketWhoseAddressNeverEnds() throws IOException {
    byte[] endless = new byte[1000];
    write(
        "files.img",
        magic(COMMON, FILES),
        message(number(2, 1), bytes(4, inet(2, 6, 1, 80, 81, endless, endless))));

    assertThatThrownBy(images::sockets)
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("field 11 comes 5 times or more");
  }

  @Test
  void survivesRandomDamageOfOpenFiles() throws IOException {
    var random = new Random(2);
    writeOpenFiles();
    byte[] good = Files.readAllBytes(directory.resolve("files.img"));
    int refused = 0;
    for (int i = 0; i < 2000; i++) {
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      Files.write(directory.resolve("files.img"), bad);
      try {
        assertThat(images.sockets()).hasSizeLessThan(20);
      } catch (ArchiveException e) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  /** Thread 71 is of process 70. */
  @ParameterizedTest
  @CsvSource({
    "202, 6, 4096", // FUTEX_LOCK_PI
    "202, 134, 4096", // with FUTEX_PRIVATE_FLAG
    "202, 141, 4096", // FUTEX_LOCK_PI2
    "202, 139, 8192", // FUTEX_WAIT_REQUEUE_PI: it waits for the second one
    "202, 128, ''", // FUTEX_WAIT
    "-1, 6, ''", // in no system call
    "0, 6, ''", // read
  })
  void findsTheLocksWithPrioritiesThatThreadsWaitFor(long call, long operation, String lock)
      throws IOException {
    byte[] registers =
        join(number(10, 8192), number(14, operation), number(15, 4096), number(16, call));
    write("core-71.img", magic(COMMON, CORE), message(number(1, 1), bytes(2, bytes(2, registers))));

    assertThat(images.priorityLocks().toString())
        .isEqualTo(lock.isEmpty() ? "{}" : "{70=[" + lock + "]}");
  }

  static Stream<Arguments> damage() {
    return Stream.of(
        Arguments.of("wrong magic", magic(COMMON, PSTREE), "its magic number is wrong"),
        Arguments.of("empty", new byte[0], "its magic number is wrong"),
        Arguments.of("no head", magic(COMMON, PAGEMAP), "it has no message"),
        Arguments.of(
            "huge message",
            join(magic(COMMON, PAGEMAP), magic(-1)),
            "a message claims 4294967295 bytes"),
        Arguments.of(
            "cut message", join(magic(COMMON, PAGEMAP), magic(50)), "it ends inside a message"),
        Arguments.of(
            "cut length", join(magic(COMMON, PAGEMAP), new byte[2]), "it ends inside a length"),
        Arguments.of(
            "endless number",
            join(
                magic(COMMON, PAGEMAP),
                message(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1})),
            "a number has more than ten bytes"),
        Arguments.of(
            "field beyond its message",
            join(magic(COMMON, PAGEMAP), message(new byte[] {0x0A, 100})),
            "field 1 is longer than its message"),
        Arguments.of(
            "2^62 pages",
            join(
                magic(COMMON, PAGEMAP),
                message(number(1, 1)),
                message(number(1, 0), number(2, 0), number(5, 1L << 62))),
            "a run claims 4611686018427387904 pages"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damage")
  void refusesDamagedPagemaps(String kind, byte[] content, String why) throws IOException {
    Files.write(directory.resolve("pagemap-1.img"), content);

    assertThatThrownBy(images::memoryBytes)
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("'pagemap-1.img' cannot be read: " + why);
  }

  /** Whatever the bytes are: a value or the one exception, and no endless loop. */
  @Test
  void survivesRandomDamage() throws IOException {
    var random = new Random(1);
    byte[] good = Files.readAllBytes(directory.resolve("pstree.img"));
    int refused = 0;
    for (int i = 0; i < 2000; i++) {
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      Files.write(directory.resolve("pstree.img"), bad);
      try {
        assertThat(images.processes()).hasSizeLessThan(10);
      } catch (ArchiveException e) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  private void write(String name, byte[]... parts) throws IOException {
    Files.write(directory.resolve(name), join(parts));
  }
}
