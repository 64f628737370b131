package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.letargo.hook.command.Command;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.vps.VpsFolder;

/** Whether the checkpoint of a VPS fits on the store's disk: its memory and its disk changes. */
final class SuspendSpace {
  /** What is kept free on the store's disk beside the checkpoint. */
  private static final long SPARE_BYTES = 16L << 20;

  /** A disk with less is full: an image file did not fit. */
  private static final long FULL_BYTES = 1L << 20;

  /** The VPS runs meanwhile; a disk of millions of files takes its time. */
  private static final Duration LONGEST_LOOK = Duration.ofMinutes(10);

  private final Host host;
  private final VpsFolder folder;

  SuspendSpace(Host host, VpsFolder folder) {
    this.host = host;
    this.folder = folder;
  }

  /**
   * Refuses before anything is frozen what would overflow the disk.
   *
   * @throws VpsException NO_SPACE
   */
  void require() {
    long freeBytes = freeBytes();
    long memoryBytes = host.cgroups().memoryToSave(folder.name()).bytes();
    requireFree(memoryBytes, 0, freeBytes); // the disk need not be looked at for that
    requireFree(memoryBytes, diskBytes(), freeBytes);
  }

  private void requireFree(long memoryBytes, long diskBytes, long freeBytes) {
    if (memoryBytes + diskBytes + SPARE_BYTES > freeBytes) {
      throw new VpsException(
          Code.NO_SPACE,
          "cannot suspend VPS '" + folder.name() + "'",
          "its memory may need %d MiB, its disk changes %d MiB, and %d MiB are free in %s"
              .formatted(
                  memoryBytes + SPARE_BYTES >> 20,
                  diskBytes >> 20,
                  freeBytes >> 20,
                  folder.state()),
          "Free space on that disk, then try again. The VPS runs on.");
    }
  }

  /** What the disk changes take now, holes not counted; files that go meanwhile are no failure. */
  private long diskBytes() {
    Command.Result result =
        Command.of(
                "du",
                "--summarize",
                "--block-size=1",
                "--one-file-system",
                folder.upper().toString())
            .timeout(LONGEST_LOOK)
            .run();
    String bytes = result.output().strip().split("\\s", 2)[0];
    if (!bytes.matches("[0-9]{1,18}")) {
      throw new VpsException(
          Code.HOST_UNFIT,
          "cannot see how large the disk changes of VPS '" + folder.name() + "' are",
          result.reason(),
          "See whether 'du' works in " + folder.upper() + ".");
    }
    return Long.parseLong(bytes);
  }

  /** On a full disk the engine cannot even write into its log that it is full. */
  boolean isFull() {
    try {
      return Files.getFileStore(folder.state()).getUsableSpace() < FULL_BYTES;
    } catch (IOException e) {
      return false; // then something else is wrong, and the engine's words are all there is
    }
  }

  private long freeBytes() {
    try {
      return Files.getFileStore(folder.state()).getUsableSpace();
    } catch (IOException e) {
      throw DurableFiles.failed("cannot see how much space is free in " + folder.state(), e);
    }
  }
}
