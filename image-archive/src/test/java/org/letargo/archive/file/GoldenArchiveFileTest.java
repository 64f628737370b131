package org.letargo.archive.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.archive.Samples;
import org.letargo.archive.checkpoint.CheckpointStore;
import org.letargo.archive.checkpoint.Checkpoints;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.store.testing.MemoryChunkStore;

/** An archive of format version 2, kept since it was the newest: it opens for ever. */
class GoldenArchiveFileTest {
  private static final String ID = Checkpoints.id(2);

  @TempDir Path scratch;
  private CheckpointStore store;

  @BeforeEach
  void open() throws IOException {
    store = CheckpointStore.open(new MemoryChunkStore(), scratch.resolve("checkpoints"));
  }

  @Test
  void stillOpens() throws IOException {
    ArchiveFileRoundTripTest.read(golden(), store);

    try (StoredCheckpoint checkpoint = store.read(ID)) {
      assertThat(checkpoint.manifest().checkpoint()).isEqualTo(Checkpoints.description(ID));
      for (Map.Entry<String, byte[]> file : contents().entrySet()) {
        assertThat(checkpoint.file(file.getKey()).stream().readAllBytes())
            .isEqualTo(file.getValue());
      }
    }
  }

  /** The tar, as zstd's version may pack it otherwise. */
  @Test
  void isWrittenTheSameToday() throws IOException {
    Checkpoints.write(store, ID, contents());

    byte[] today = ArchiveFileRoundTripTest.archive(store, 2);

    assertThat(tar(today)).isEqualTo(tar(golden()));
  }

  /** All sorts of items, two levels of recipe; little when it is packed. */
  private static Map<String, byte[]> contents() {
    var contents = new TreeMap<String, byte[]>();
    contents.put("config.dump", "{\"id\":\"web1\"}".getBytes(UTF_8));
    contents.put("spec.dump", "{}".getBytes(UTF_8));
    contents.put("deleted.files", "[\"/etc/motd\"]".getBytes(UTF_8));
    contents.put("checkpoint/pstree.img", new byte[0]);
    byte[] pages = new byte[40 << 20];
    var random = new Random(2);
    for (int at = 0; at < pages.length; at += 1 << 16) {
      pages[at] = (byte) random.nextInt();
      pages[at + 1] = (byte) random.nextInt();
    }
    java.util.Arrays.fill(pages, 5 << 20, 9 << 20, (byte) 0);
    contents.put("checkpoint/pages-1.img", pages);
    contents.put("rootfs-diff.tar", Samples.halfRandom(new Random(3), 8_000));
    return contents;
  }

  private static byte[] golden() throws IOException {
    try (InputStream in = GoldenArchiveFileTest.class.getResourceAsStream("version-2.letargo")) {
      return in.readAllBytes();
    }
  }

  private static byte[] tar(byte[] archive) throws IOException {
    try (var in = new ZstdInputStream(new ByteArrayInputStream(archive))) {
      return in.readAllBytes();
    }
  }

  /** Writes the golden file anew, for a new version of the format only. Argument: where. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createTempDirectory("golden");
    CheckpointStore store = CheckpointStore.open(new MemoryChunkStore(), folder.resolve("c"));
    Checkpoints.write(store, ID, contents());
    Files.write(Path.of(arguments[0]), ArchiveFileRoundTripTest.archive(store, 1));
  }
}
