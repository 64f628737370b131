package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.letargo.archive.criu.ControlGroups;
import org.letargo.archive.criu.UserNamespaces;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.vps.StoredVps;

/**
 * The folder of the engine's image files. Some are opened by the restored tasks themselves, which
 * are users of the VPS by then: through the folder, which the engine hands them as a descriptor. So
 * the folder can be passed, and the files belong to the VPS's root; the folder above it is private
 * to the host's root, so nobody else finds a way here.
 */
final class ImageFolder {
  private ImageFolder() {}

  /**
   * The images as they are to be restored on this host: in the user namespace of this VPS, whatever
   * ids the VPS had where they were taken. CRIU does what the images say, so this is made by us.
   *
   * @param images as they are in the checkpoint, which stays as it is
   * @param scratch a folder that may be made, on the same file system
   * @return images, or scratch with links to them
   * @throws org.letargo.archive.ArchiveException if a task would share a namespace with the host,
   *     or control groups lie outside the VPS's own
   */
  static Path forHost(Path images, Path scratch, int hostIdBase) throws IOException {
    new ControlGroups(images).requireInside();
    UserNamespaces namespaces = new UserNamespaces(images);
    String name = namespaces.requireOwn();
    if (namespaces.isMapped(name, hostIdBase, StoredVps.ID_COUNT)) {
      return images;
    }
    DurableFiles.deleteTree(scratch);
    Files.createDirectory(scratch);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(images)) {
      for (Path file : files) {
        if (!file.getFileName().toString().equals(name)) {
          Files.createLink(scratch.resolve(file.getFileName()), file);
        }
      }
    }
    Files.write(scratch.resolve(name), UserNamespaces.image(hostIdBase, StoredVps.ID_COUNT));
    handTo(hostIdBase, scratch);
    return scratch;
  }

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
