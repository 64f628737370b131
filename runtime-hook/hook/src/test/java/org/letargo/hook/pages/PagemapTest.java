package org.letargo.hook.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PagemapTest {
  private static final String MAGICS = "1943565425400856";

  @TempDir Path folder;

  private Path write(String hex) throws IOException {
    return Files.write(folder.resolve("pagemap-1.img"), HexFormat.of().parseHex(hex));
  }

  @ParameterizedTest
  @EnumSource(PageProtocol.class)
  void readsWhatItWrites(PageProtocol protocol) throws IOException {
    Random random = new Random(20261122);
    Path file = folder.resolve("pagemap-1.img");
    List<PageRun> runs =
        random
            .longs(1000, 1, 1L << 40)
            .sorted()
            .distinct()
            .mapToObj(at -> new PageRun(at << 12, 1, at % 2 == 0, at % 3 == 0))
            .toList();

    try (PagemapWriter writer = new PagemapWriter(file, protocol, 77)) {
      for (PageRun run : runs) {
        writer.write(run);
      }
    }

    assertThat(Pagemap.read(file)).isEqualTo(new Pagemap(77, runs));
  }

  /** The bytes that CRIU itself wrote for such runs: 4.2.1, and what protobuf makes of 4.1. */
  @ParameterizedTest
  @CsvSource({
    "SINCE_4_2, 02000000 0801 0b000000 08808080 02 1000 2006 2803",
    "SINCE_3_0, 02000000 0801 09000000 08808080 02 1003 2006"
  })
  void writesAsTheEngineDoes(PageProtocol protocol, String rest) throws IOException {
    Path file = folder.resolve("pagemap-1.img");

    try (PagemapWriter writer = new PagemapWriter(file, protocol, 1)) {
      writer.write(new PageRun(0x400000, 3, true, true));
    }

    assertThat(HexFormat.of().formatHex(Files.readAllBytes(file)))
        .isEqualTo(MAGICS + rest.replace(" ", ""));
  }

  @Test
  void knowsPagemapsWithoutFlags() throws IOException {
    Path file = write(MAGICS + "020000000801" + "07000000" + "08808080021003");

    assertThat(Pagemap.read(file))
        .isEqualTo(new Pagemap(1, List.of(new PageRun(0x400000, 3, false, true))));
  }

  @ParameterizedTest
  @CsvSource({
    "no magic number, 1943565425400857, its magic number is wrong",
    "nothing, '', its magic number is wrong",
    "no head, 1943565425400856, it has no head",
    "no number, 1943565425400856 02000000 1001, it names pages-18446744073709551615.img",
    "a long message, 1943565425400856 ffffff7f, a message claims 2147483647 bytes",
    "an empty message, 1943565425400856 00000000, a message claims 0 bytes",
    "half a length, 1943565425400856 0200, a message claims 4294967295 bytes",
    "half a message, 1943565425400856 02000000 08, it ends inside a message",
    "an endless number, 1943565425400856 0b000000 08ffffffffffffffffffff, a number does not end",
    "a broken number, 1943565425400856 02000000 0880, a number does not end",
    "a text, 1943565425400856 02000000 0a00, a message has a field that no pagemap has",
    "field 0, 1943565425400856 02000000 0001, a message has a field that no pagemap has",
    "an earlier dump, 1943565425400856 02000000 0801 06000000 080010011801, it refers to an"
        + " earlier dump",
    "no pages, 1943565425400856 02000000 0801 04000000 08001000, a run claims 0 pages",
    "a crooked address, 1943565425400856 02000000 0801 04000000 08011001, a run claims 1 pages",
    "no count, 1943565425400856 02000000 0801 02000000 0800, a run claims 18446744073709551615",
    "two runs at one place, 1943565425400856 02000000 0801 04000000 08001001 04000000 08001001,"
        + " its runs are out of order"
  })
  void refusesWhatIsNone(String what, String hex, String why) throws IOException {
    Path file = write(hex.replace(" ", ""));

    assertThatThrownBy(() -> Pagemap.read(file))
        .as(what)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("cannot read the pagemap " + file + ": " + why);
  }
}
