package org.letargo.integration.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A file system of its own, in a file; a test can fill it to the last byte. */
public final class SmallDisk implements AutoCloseable {
  private static final long BLOCK_BYTES = 4096;

  private final Path folder;
  private final Path mountPoint;

  private SmallDisk(Path folder) {
    this.folder = folder;
    this.mountPoint = folder.resolve("disk");
  }

  /** An empty ext4; the caller closes it after all that uses it. */
  public static SmallDisk create(int mebibytes) {
    return create(mebibytes, "ext4", "-m", "0");
  }

  /**
   * An empty one.
   *
   * @param type as mkfs names it: xfs wants 300 MiB, btrfs 110
   * @param options of mkfs
   */
  public static SmallDisk create(int mebibytes, String type, String... options) {
    try {
      SmallDisk disk = new SmallDisk(TempFolder.create("lt-disk-"));
      Path file = disk.folder.resolve(type);
      Files.createDirectory(disk.mountPoint);
      HostCommand.run("truncate", "--size", mebibytes + "M", file.toString());
      List<String> make = new ArrayList<>(List.of("mkfs." + type, "-q"));
      make.addAll(List.of(options));
      make.add(file.toString());
      HostCommand.run(make.toArray(String[]::new));
      HostCommand.run("mount", "-o", "loop", file.toString(), disk.mountPoint.toString());
      Runtime.getRuntime().addShutdownHook(new Thread(disk::detach));
      return disk;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path path() {
    return mountPoint;
  }

  public long freeBytes() {
    try {
      return Files.getFileStore(mountPoint).getUsableSpace();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes what is free, but for this much; {@link #makeSpace} gives it back. */
  public void fill(long leftBytes) {
    long before = Long.MAX_VALUE;
    for (int part = 0; freeBytes() >= leftBytes + BLOCK_BYTES && freeBytes() < before; part++) {
      before = freeBytes();
      // a little less each time: the file needs blocks for itself too, and others write meanwhile
      long wanted = Math.max(BLOCK_BYTES, (freeBytes() - leftBytes) * 9 / 10);
      HostCommand.tried(
          List.of("fallocate", "--length", String.valueOf(wanted), fillers() + "/" + part));
    }
  }

  private Path fillers() {
    try {
      return Files.createDirectories(mountPoint.resolve("filled"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void makeSpace() {
    TempFolder.delete(mountPoint.resolve("filled"));
  }

  /** Fails if anybody still uses it. */
  @Override
  public void close() {
    HostCommand.run("umount", mountPoint.toString());
    TempFolder.delete(folder);
  }

  /** So that an interrupted test run leaves nothing; does nothing after a close. */
  private void detach() {
    if (Files.exists(folder)) {
      HostCommand.tried(List.of("umount", "--lazy", mountPoint.toString()));
      TempFolder.delete(folder);
    }
  }
}
