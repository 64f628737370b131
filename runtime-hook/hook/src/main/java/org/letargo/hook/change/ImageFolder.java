package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.letargo.archive.checkpoint.CheckpointFile;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.checkpoint.StoredImages;
import org.letargo.archive.criu.ControlGroups;
import org.letargo.archive.criu.ImageCheck;
import org.letargo.archive.criu.SavedProcess;
import org.letargo.archive.criu.UserNamespaces;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.loan.LentWindows;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.vps.StoredVps;

/**
 * The folder of the engine's image files. Some are opened by the restored tasks themselves, which
 * are users of the VPS by then: through the folder, which the engine hands them as a descriptor. So
 * the folder can be passed, and the files belong to the VPS's root; the folder above it is private
 * to the host's root, so nobody else finds a way here.
 */
final class ImageFolder {
  private static final String PREFIX = CheckpointFiles.IMAGES + "/";
  private static final String PAGES = PREFIX + "pages-";

  private ImageFolder() {}

  /** Adds the images of memory to a folder that has all others. */
  interface Memory {
    void addTo(Path images) throws IOException;
  }

  /** All memory of a checkpoint, as the engine wrote it. */
  static Memory whole(StoredCheckpoint checkpoint) {
    return images -> {
      requireWhole(images);
      copy(checkpoint, images, true);
    };
  }

  /**
   * Refuses a checkpoint that was made of a VPS whose memory was lent: the engine would take what
   * is missing for zeros.
   *
   * @throws VpsException CHECKPOINT_CORRUPT
   */
  static void requireWhole(Path images) throws IOException {
    long lentBytes = LentWindows.of(images).totalBytes();
    if (lentBytes > 0) {
      throw new VpsException(
          Code.CHECKPOINT_CORRUPT,
          "cannot restore this checkpoint",
          DataSize.ofBytes(lentBytes) + " of its memory never were in it",
          "Use another one.");
    }
  }

  /**
   * Writes the images of a checkpoint into a new folder, ready to be restored on this host: in the
   * user namespace of this VPS, whatever ids the VPS had where they were taken. CRIU does what the
   * images say, so that one is made by us.
   *
   * @param images a folder that is made
   * @return the processes in it
   * @throws org.letargo.archive.ArchiveException if the checkpoint is damaged, its images do not
   *     belong together, a task would share a namespace with the host, or control groups lie
   *     outside the VPS's own
   */
  static List<SavedProcess> write(
      StoredCheckpoint checkpoint, Path images, int hostIdBase, Memory memory) throws IOException {
    DurableFiles.deleteTree(images);
    DurableFiles.folder(images, "rwx--x--x");
    copy(checkpoint, images, false);
    List<SavedProcess> saved = ImageCheck.check(StoredImages.in(images, checkpoint));
    memory.addTo(images);
    new ControlGroups(images).requireInside();
    Files.write(
        images.resolve(new UserNamespaces(images).requireOwn()),
        UserNamespaces.image(hostIdBase, StoredVps.ID_COUNT));
    handTo(hostIdBase, images);
    return saved;
  }

  private static void copy(StoredCheckpoint checkpoint, Path images, boolean pages)
      throws IOException {
    for (CheckpointFile file : checkpoint.manifest().files()) {
      if (file.path().startsWith(PREFIX) && file.path().startsWith(PAGES) == pages) {
        checkpoint.materialise(file.path(), images.resolve(file.path().substring(PREFIX.length())));
      }
    }
  }

  /** Gives the files to the VPS whose root has this id on the host. */
  private static void handTo(int hostIdBase, Path images) throws IOException {
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
