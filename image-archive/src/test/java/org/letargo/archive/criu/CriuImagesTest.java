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
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.letargo.archive.ArchiveException;

class CriuImagesTest {
  private static final int COMMON = 0x54564319;
  private static final int PSTREE = 0x50273030;
  private static final int CORE = 0x55053847;
  private static final int PAGEMAP = 0x56084025;

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
