package org.letargo.manager.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A file that is there whole or not at all: it is written beside its place as {@code FILE.part},
 * and {@link #keep} moves it there. Closed without that, it is removed. Only its owner can read it:
 * an archive holds a VPS's memory, and with it all its secrets.
 */
final class ArchiveFile implements AutoCloseable {
  private final Path place;
  private final Path part;
  private final FileChannel channel;
  private final Thread atExit;
  private boolean kept;

  private ArchiveFile(Path place, Path part, FileChannel channel) {
    this.place = place;
    this.part = part;
    this.channel = channel;
    this.atExit = new Thread(this::remove, "letargo-part");
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /**
   * @param replace whether a file that is there is replaced
   * @throws CliFailure if one is there and is not to be replaced
   */
  static ArchiveFile create(Path place, boolean replace) throws IOException {
    if (!replace && Files.exists(place)) {
      throw new CliFailure(
          ExitStatus.INVALID_VALUE,
          "INVALID_REQUEST",
          "did not write '" + place + "'",
          "it is there already",
          "Choose another name, or replace it with --force.");
    }
    Path part = place.resolveSibling(place.getFileName() + ".part");
    Files.deleteIfExists(part); // of an export that was killed
    // CREATE_NEW follows no link that somebody else may have laid there
    FileChannel channel =
        FileChannel.open(
            part,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return new ArchiveFile(place, part, channel);
  }

  /** Where to write; closing it closes the file. */
  OutputStream stream() {
    return Channels.newOutputStream(channel);
  }

  /** It is whole: from now on it has its name, also after a power cut. */
  void keep() throws IOException {
    channel.force(true);
    Files.move(part, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    kept = true;
    try (var folder = FileChannel.open(place.toAbsolutePath().getParent())) {
      folder.force(true);
    }
  }

  private void remove() {
    if (!kept) {
      try {
        Files.deleteIfExists(part);
      } catch (IOException e) {
        return; // the next export to this place removes it
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    remove();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException ending) {
      return; // the process ends: the hook removes it too
    }
  }
}
