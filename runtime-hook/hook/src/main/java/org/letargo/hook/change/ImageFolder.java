package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The folder of the engine's image files. Some are opened by the restored tasks themselves, which
 * are users of the VPS by then: through the folder, which the engine hands them as a descriptor. So
 * the folder can be passed, and the files belong to the VPS's root; the folder above it is private
 * to the host's root, so nobody else finds a way here.
 */
final class ImageFolder {
  private ImageFolder() {}

  /** Gives the files to the VPS whose root has this id on the host. */
  static void handTo(int hostIdBase, Path images) throws IOException {
    Files.setPosixFilePermissions(images, PosixFilePermissions.fromString("rwx--x--x"));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(images)) {
      for (Path file : files) {
        Files.setAttribute(file, "unix:uid", hostIdBase);
        Files.setAttribute(file, "unix:gid", 0);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
      }
    }
  }
}
