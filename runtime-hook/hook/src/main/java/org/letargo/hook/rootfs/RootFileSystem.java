package org.letargo.hook.rootfs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.vps.StoredVps;
import org.letargo.hook.vps.VpsFolder;
import org.letargo.linux.Mounts;
import org.letargo.linux.NativeException;

/**
 * The root file system of a VPS: an overlay of its template (below, shared, never written) and its
 * own changes (above). The template's files have ids from 0; an id-mapped mount shows them in the
 * VPS's own range. The changes are stored in that range: overlayfs cannot write to an id-mapped
 * layer (EOVERFLOW). See docs/design/002-rootfs.md.
 */
public final class RootFileSystem {
  private RootFileSystem() {}

  /** Makes the folders of a disk without changes. */
  public static void create(VpsFolder folder, StoredVps stored) {
    create(folder.disk(), stored);
  }

  /** The same in another place. */
  static void create(Path disk, StoredVps stored) {
    DurableFiles.folder(disk, "rwx------");
    DurableFiles.folder(disk.resolve("work"), "rwx------");
    Path upper = DurableFiles.folder(disk.resolve("upper"), "rwxr-xr-x");
    own(upper, stored.hostIdBase());
  }

  private static void own(Path path, int id) {
    try {
      Files.setAttribute(path, "unix:uid", id);
      Files.setAttribute(path, "unix:gid", id);
    } catch (java.io.IOException e) {
      throw DurableFiles.failed("cannot give " + path + " to its VPS", e);
    }
  }

  /**
   * Mounts it at {@link VpsFolder#rootfs}.
   *
   * @param template the template's root folder
   */
  public static void mount(VpsFolder folder, StoredVps stored, Path template) {
    Path lower = DurableFiles.folder(folder.run().resolve("lower"), "rwx------");
    DurableFiles.folder(folder.rootfs(), "rwx--x--x");
    unmount(folder);
    try {
      Mounts.idmapped(template, lower, stored.hostIdBase(), StoredVps.ID_COUNT, true);
      try {
        Mounts.mount(
            "overlay",
            "letargo-" + folder.name(),
            folder.rootfs(),
            Mounts.NO_DEVICES,
            "lowerdir=%s,upperdir=%s,workdir=%s,index=off,metacopy=off,redirect_dir=off,xino=off"
                .formatted(lower, folder.upper(), folder.disk().resolve("work")));
      } finally {
        Mounts.unmount(lower, true); // the overlay holds a clone of its own
      }
    } catch (NativeException e) {
      throw new VpsException(
          Code.HOST_UNFIT,
          "cannot mount the disk of VPS '" + folder.name() + "'",
          e.getMessage(),
          "The state folder must be on ext4, xfs or btrfs, and the kernel 5.19 or newer.",
          e);
    }
  }

  /**
   * Unmounts it, if it is mounted.
   *
   * @throws VpsException HOST_UNFIT if the kernel refuses
   */
  public static void unmount(VpsFolder folder) {
    try {
      for (Path place : List.of(folder.rootfs(), folder.run().resolve("lower"))) {
        while (Mounts.isMountPoint(place)) {
          Mounts.unmount(place, true);
        }
      }
    } catch (NativeException e) {
      throw new VpsException(
          Code.HOST_UNFIT,
          "cannot unmount the disk of VPS '" + folder.name() + "'",
          e.getMessage(),
          "See the mounts of the hook in /proc/PID/mountinfo.",
          e);
    }
  }
}
