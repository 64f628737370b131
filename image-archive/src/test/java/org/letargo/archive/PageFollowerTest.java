package org.letargo.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageFollowerTest {
  private static final int PART_BYTES = 300_000; // no multiple of the buffer

  @TempDir Path images;

  @Test
  void hashesAFileThatGrows() throws Exception {
    Path pages = images.resolve("pages-1.img");
    MessageDigest expected = MessageDigest.getInstance("SHA-256");
    Random random = new Random(7);

    Map<String, FileHash.Running> begun;
    try (PageFollower follower = PageFollower.follow(images)) {
      for (int part = 0; part < 20; part++) {
        append(pages, random, expected);
      }
      begun = follower.finish();
    }
    append(pages, random, expected); // what came after the end is read by finish

    ManifestFile file =
        begun
            .getOrDefault("pages-1.img", new FileHash.Running())
            .finish(pages, "checkpoint/pages-1.img");
    assertThat(file)
        .isEqualTo(
            new ManifestFile(
                "checkpoint/pages-1.img",
                21L * PART_BYTES,
                HexFormat.of().formatHex(expected.digest())));
  }

  @Test
  void readsAheadOfTheEndAndOnlyPages() throws Exception {
    try (PageFollower follower = PageFollower.follow(images)) {
      Files.write(images.resolve("core-1.img"), new byte[10]);
      Path pages = images.resolve("pages-1.img");
      Files.write(pages, new byte[PART_BYTES]);

      await().until(() -> follower.hashedBytes("pages-1.img") == PART_BYTES);

      assertThat(follower.finish()).containsOnlyKeys("pages-1.img");
    }
  }

  @Test
  void survivesThatItsFolderIsRemoved() throws Exception {
    Path gone = Files.createDirectory(images.resolve("gone"));
    try (PageFollower follower = PageFollower.follow(gone)) {
      Files.delete(gone);

      assertThat(follower.finish()).isEmpty();
    }
  }

  private static void append(Path file, Random random, MessageDigest expected) throws IOException {
    byte[] part = new byte[PART_BYTES];
    random.nextBytes(part);
    expected.update(part);
    Files.write(file, part, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
