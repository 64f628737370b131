package org.letargo.hook.template;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Writes small files of ours into a root file system that somebody else made, so no component of
 * the way to them may be a symbolic link: it could lead to the host. Only for trees that no process
 * changes meanwhile.
 */
public final class GuestFiles {
  private final Path top;
  private final int rootId;

  /**
   * @param top the root folder
   * @param rootId the id on the host that new files belong to
   */
  public GuestFiles(Path top, int rootId) {
    this.top = top;
    this.rootId = rootId;
  }

  /** Whether this is a folder, reached without a link. */
  public boolean isFolder(String name) {
    Path path = top;
    for (Path part : Path.of(name)) {
      path = path.resolve(part);
      if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        return false;
      }
    }
    return true;
  }

  /** Writes a file of mode 0644, making folders of mode 0755 on the way. */
  public void write(String name, String text) throws IOException {
    Path file = prepare(name);
    Path temporary = file.resolveSibling("." + file.getFileName() + ".letargo");
    Files.deleteIfExists(temporary);
    Files.writeString(temporary, text);
    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
    own(temporary);
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Makes a folder of mode 0755, and those on the way to it; one that is there stays as it is. */
  public void makeFolder(String name) throws IOException {
    prepare(name + "/.");
  }

  /** Makes a symbolic link, replacing what has the name. */
  public void link(String name, String target) throws IOException {
    Path file = prepare(name);
    Files.deleteIfExists(file);
    Files.createSymbolicLink(file, Path.of(target));
    own(file);
  }

  private Path prepare(String name) throws IOException {
    Path relative = Path.of(name);
    Path folder = top;
    for (Path part : relative.getParent() == null ? Path.of("") : relative.getParent()) {
      if (part.toString().isEmpty()) {
        continue;
      }
      folder = folder.resolve(part);
      if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        own(folder);
      } else if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException("/" + top.relativize(folder) + " in it is not a folder");
      }
    }
    return folder.resolve(relative.getFileName());
  }

  private void own(Path path) throws IOException {
    Files.setAttribute(path, "unix:uid", rootId, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:gid", rootId, LinkOption.NOFOLLOW_LINKS);
  }
}
