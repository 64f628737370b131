package org.letargo.archive.criu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.letargo.archive.criu.Messages.bytes;
import static org.letargo.archive.criu.Messages.join;
import static org.letargo.archive.criu.Messages.magic;
import static org.letargo.archive.criu.Messages.message;
import static org.letargo.archive.criu.Messages.number;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.letargo.archive.ArchiveException;

class ImageCheckTest {
  private static final int REG = 1;
  private static final int SOCKET = 4;

  /** init (1), a program with two threads (7, 8), and a zombie (9). */
  private final Images images = new Images();

  @Test
  void tellsWhatEveryProcessIsToBe() throws IOException {
    assertThat(ImageCheck.check(images))
        .containsExactly(
            new SavedProcess(
                1,
                0,
                "init",
                false,
                1,
                Map.of(0, FileKind.PATH),
                List.of(new SavedProcess.Area(0x7000_0000, 0x7000_2000)),
                List.of()),
            new SavedProcess(
                7,
                1,
                "worker",
                false,
                2,
                Map.of(0, FileKind.PATH, 3, FileKind.SOCKET),
                List.of(
                    new SavedProcess.Area(0x7000_0000, 0x7000_2000),
                    new SavedProcess.Area(0x40_1980, 0x40_19a0)),
                List.of()),
            new SavedProcess(9, 7, "gone", true, 0, Map.of(), List.of(), List.of()));
  }

  @Test
  void tellsWhereAProcessSeesSharedMemory() throws IOException {
    images.put(
        "mm-7.img",
        join(
            common(0x57492820),
            message(
                number(12, 11),
                Images.area(0x40_0000, 0x40_4000, 0, 1 | 1 << 9),
                Images.shared(0x50_0000, 0x50_2000, 0x3000, 77, 1 | 1 << 8),
                Images.shared(0x60_0000, 0x60_2000, 0, 78, 1 | 1 << 8 | 1 << 10))));

    assertThat(ImageCheck.check(images).get(1).shared())
        .containsExactly(
            new SavedProcess.SharedArea(new SavedProcess.Area(0x50_0000, 0x50_2000), 77, 0x3000));
  }

  static Stream<Arguments> contradictions() {
    return Stream.of(
        refused("a core that is missing", i -> i.remove("core-7.img"), "'core-7.img' is missing"),
        refused("a thread without state", i -> i.remove("core-8.img"), "'core-8.img' is missing"),
        refused("no areas", i -> i.remove("mm-7.img"), "'mm-7.img' is missing"),
        refused("no pagemap", i -> i.remove("pagemap-7.img"), "'pagemap-7.img' is missing"),
        refused("no ids", i -> i.remove("ids-1.img"), "'ids-1.img' is missing"),
        refused("no folders", i -> i.remove("fs-1.img"), "'fs-1.img' is missing"),
        refused("no descriptors", i -> i.remove("fdinfo-2.img"), "'fdinfo-2.img' is missing"),
        refused("no files", i -> i.remove("files.img"), "'files.img' is missing"),
        refused("no inventory", i -> i.remove("inventory.img"), "'inventory.img' is missing"),
        refused(
            "pages that are missing",
            i -> i.remove("pages-2.img"),
            "the pages of process 7 are 8192 bytes, and pages-2.img has 0"),
        refused(
            "a page too few",
            i -> i.put("pages-2.img", new byte[4096]),
            "the pages of process 7 are 8192 bytes, and pages-2.img has 4096"),
        refused(
            "pages beside all areas",
            i -> i.pagemap(7, 2, 0x40_3000),
            "process 7 has a page at 404000, where it has no memory"),
        refused(
            "a descriptor on no file",
            i -> i.descriptors(2, new long[][] {{10, REG, 0}, {99, SOCKET, 3}}),
            "descriptor 3 of process 7 is file 99, which files.img does not have"),
        refused(
            "a descriptor of another kind",
            i -> i.descriptors(2, new long[][] {{10, SOCKET, 0}}),
            "descriptor 0 of process 7 is of type 4, its file of type 1"),
        refused(
            "a program that is no file",
            i -> i.areas(7, 77, 12),
            "the program of process 7 is file 77, which files.img does not have"),
        refused(
            "a mapped file that is none",
            i -> i.areas(7, 11, 78),
            "what is mapped at 400000 of process 7 is file 78, which files.img does not have"),
        refused(
            "a working folder that is none",
            i -> i.put("fs-7.img", join(common(0x51403912), message(number(1, 79), number(2, 14)))),
            "the working folder of process 7 is file 79, which files.img does not have"),
        refused(
            "a deleted file without content",
            i ->
                i.put(
                    "remap-fpath.img",
                    join(common(0x59133954), message(number(1, 10), number(2, 31), number(3, 1)))),
            "deleted file 10 has no ghost-file-1f.img"),
        refused(
            "a parent that is not there",
            i -> i.tree(new long[][] {{1, 0, 1}, {7, 3, 7, 8}}),
            "the parent of process 7 is 3, which pstree.img does not have before it"),
        refused(
            "the same process twice",
            i -> i.tree(new long[][] {{1, 0, 1}, {1, 0, 1}}),
            "there are two processes 1"),
        refused("no process", i -> i.tree(new long[][] {}), "there is no process in pstree.img"));
  }

  private static Arguments refused(String what, Consumer<Images> damage, String why) {
    return Arguments.of(what, damage, why);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("contradictions")
  void refuses(String what, Consumer<Images> damage, String why) {
    damage.accept(images);

    assertThatThrownBy(() -> ImageCheck.check(images))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("the images of the checkpoint do not fit together: ")
        .hasMessageContaining(why)
        .extracting(e -> ((ArchiveException) e).kind())
        .isEqualTo(ArchiveException.Kind.CORRUPT);
  }

  /** Whatever the bytes are: an answer or the one exception. */
  @Test
  void survivesRandomDamage() throws IOException {
    var random = new Random(3);
    int refused = 0;
    List<String> names = images.files.keySet().stream().sorted().toList();
    for (int i = 0; i < 3000; i++) {
      var damaged = new Images();
      byte[] bytes = damaged.files.get(names.get(random.nextInt(names.size())));
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      try {
        assertThat(ImageCheck.check(damaged)).hasSizeLessThan(10);
      } catch (ArchiveException e) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  private static byte[] common(int kind) {
    return magic(0x54564319, kind);
  }

  /** Images that fit together. */
  private static final class Images implements ImageSource {
    private final Map<String, byte[]> files = new HashMap<>();

    Images() {
      put("inventory.img", join(magic(0x58313116), message(number(1, 2))));
      tree(new long[][] {{1, 0, 1}, {7, 1, 7, 8}, {9, 7}});
      put(
          "files.img",
          common(0x56303138),
          file(10, REG),
          file(11, REG),
          file(12, REG),
          file(13, SOCKET),
          file(14, REG));
      alive(1, "init", 0, 1);
      alive(7, "worker", 0x40_1980, 2);
      put("core-8.img", join(common(0x55053847), message(bytes(5, number(1, 0)))));
      put(
          "core-9.img",
          join(
              common(0x55053847),
              message(bytes(3, join(number(1, 2), bytes(6, "gone".getBytes()))))));
      descriptors(1, new long[][] {{10, REG, 0}});
      descriptors(2, new long[][] {{10, REG, 0}, {13, SOCKET, 3}});
    }

    private static byte[] file(long id, long type) {
      return message(number(1, type), number(2, id));
    }

    private void alive(int pid, String name, long sequence, int filesId) {
      byte[] task = bytes(3, join(number(1, 1), bytes(6, name.getBytes())));
      byte[] rseq = bytes(5, bytes(15, join(number(1, sequence), number(2, 32))));
      put("core-" + pid + ".img", join(common(0x55053847), message(task, rseq)));
      put(
          "ids-" + pid + ".img",
          join(common(0x54432030), message(number(1, pid), number(2, filesId))));
      put("fs-" + pid + ".img", join(common(0x51403912), message(number(1, 14), number(2, 14))));
      areas(pid, 11, 12);
      pagemap(pid, filesId, 0x40_1000);
      put("pages-" + filesId + ".img", new byte[8192]);
    }

    /** A mapped file, memory of its own behind it, and the vDSO. */
    void areas(int pid, long program, long mapped) {
      put(
          "mm-" + pid + ".img",
          join(
              common(0x57492820),
              message(
                  number(12, program),
                  area(0x40_0000, 0x40_2000, mapped, 1 | 1 << 6),
                  area(0x40_2000, 0x40_4000, 0, 1 | 1 << 9),
                  area(0x7000_0000, 0x7000_2000, 0, 1 | 1 << 3))));
    }

    private static byte[] area(long start, long end, long file, long status) {
      return bytes(14, join(number(1, start), number(2, end), number(4, file), number(7, status)));
    }

    private static byte[] shared(long start, long end, long offset, long piece, long status) {
      return bytes(
          14,
          join(
              number(1, start),
              number(2, end),
              number(3, offset),
              number(4, piece),
              number(7, status)));
    }

    void pagemap(int pid, int pages, long address) {
      put(
          "pagemap-" + pid + ".img",
          join(
              common(0x56084025),
              message(number(1, pages)),
              message(number(1, address), number(2, 2), number(4, 4))));
    }

    void descriptors(int id, long[][] idsTypesNumbers) {
      byte[] content = common(0x56213732);
      for (long[] one : idsTypesNumbers) {
        content =
            join(
                content,
                message(number(1, one[0]), number(2, 0), number(3, one[1]), number(4, one[2])));
      }
      put("fdinfo-" + id + ".img", content);
    }

    /** Pid, parent, threads. */
    void tree(long[][] processes) {
      byte[] content = common(0x50273030);
      for (long[] process : processes) {
        byte[] entry = join(number(1, process[0]), number(2, process[1]));
        for (int i = 2; i < process.length; i++) {
          entry = join(entry, number(5, process[i]));
        }
        content = join(content, message(entry));
      }
      put("pstree.img", content);
    }

    void put(String name, byte[]... parts) {
      files.put(name, join(parts));
    }

    void remove(String name) {
      files.remove(name);
    }

    @Override
    public InputStream open(String name) throws IOException {
      if (!files.containsKey(name)) {
        throw new NoSuchFileException(name);
      }
      return new ByteArrayInputStream(files.get(name));
    }

    @Override
    public List<String> names() {
      return files.keySet().stream().sorted().toList();
    }

    @Override
    public OptionalLong sizeBytes(String name) {
      return files.containsKey(name)
          ? OptionalLong.of(files.get(name).length)
          : OptionalLong.empty();
    }
  }
}
