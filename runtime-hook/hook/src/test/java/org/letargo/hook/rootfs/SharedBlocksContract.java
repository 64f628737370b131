package org.letargo.hook.rootfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * On a file system, in a file, whose files can share blocks: large ones are kept as they are and
 * read while programs go on; needs root.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SharedBlocksContract extends ExactDiskContract {
  private static final long DISK_BYTES = 4L << 30;
  private static final int LARGE_BYTES = 3 << 20;

  private Path disk;
  private int places;

  /** Of the file system, as mkfs names it. */
  abstract String type();

  @BeforeAll
  void makeFileSystem(@TempDir Path temporary) throws Exception {
    Path image = temporary.resolve("image");
    try (var file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(DISK_BYTES);
    }
    disk = Files.createDirectory(temporary.resolve("disk"));
    run("mkfs." + type(), "-q", image.toString());
    run("mount", "-o", "loop", image.toString(), disk.toString());
  }

  @AfterAll
  void removeFileSystem() throws Exception {
    run("umount", disk.toString());
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }

  @Override
  Path place() throws IOException {
    return Files.createDirectory(disk.resolve("place-" + places++));
  }

  @Override
  boolean keeps() {
    return true;
  }

  @Test
  void sharesBlocks() {
    assertThat(VpsDisk.canKeep(disk)).isTrue();
    assertThat(disk).isDirectoryNotContaining(file -> file.toString().contains(".blocks"));
  }

  @Test
  void readsALargeFileWhenProgramsHaveGoneOn() throws IOException {
    byte[] first = new byte[LARGE_BYTES];
    new Random(1).nextBytes(first);
    mount();
    Path file = own(Files.write(root().resolve("large"), first));

    checkpoint(
        0,
        false,
        () -> {
          assertThat(HeldDisk.place(folder())).isDirectoryContaining(kept -> true);
          Files.write(file, new byte[LARGE_BYTES]);
        });
    assertThat(HeldDisk.place(folder())).doesNotExist();
    rewind(0);

    assertThat(root().resolve("large")).hasBinaryContent(first);
  }

  @Test
  void readsZerosLateToo() throws IOException {
    mount();
    Path file = own(Files.write(root().resolve("large"), new byte[LARGE_BYTES]));

    checkpoint(0, false, () -> Files.writeString(file, "other"));
    rewind(0);

    assertThat(root().resolve("large")).hasBinaryContent(new byte[LARGE_BYTES]);
  }

  @Test
  void keepsManyPiecesOfManyFiles() throws IOException {
    mount();
    for (int i = 0; i < 100; i++) {
      own(Files.createFile(root().resolve("f" + i)));
      try (var file = new RandomAccessFile(root().resolve("f" + i).toFile(), "rw")) {
        for (int piece = 0; piece < 70; piece++) {
          file.seek((long) piece << 20);
          file.write(page(i + piece));
        }
      }
    }

    checkpoint(0, false, () -> Files.delete(root().resolve("f99")));
    rewind(0);

    for (int i = 0; i < 100; i++) {
      try (var file = new RandomAccessFile(root().resolve("f" + i).toFile(), "r")) {
        for (int piece = 0; piece < 70; piece++) {
          byte[] page = new byte[4096];
          file.seek((long) piece << 20);
          file.readFully(page);
          assertThat(page).isEqualTo(page(i + piece));
        }
      }
    }
  }

  private static byte[] page(long seed) {
    byte[] page = new byte[4096];
    new Random(seed).nextBytes(page);
    return page;
  }

  @Test
  void removesWhatAHookThatDiedHasKept() throws IOException {
    Path left = HeldDisk.place(folder());
    Files.createDirectories(left);
    Files.writeString(left.resolve("0"), "kept");

    VpsDisk.recover(folder());

    assertThat(left).doesNotExist();
    assertThat(folder().upper()).isDirectory();
  }
}
