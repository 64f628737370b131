package org.letargo.hook.rootfs;

import java.io.IOException;
import java.nio.file.*;
import org.letargo.hook.command.Command;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.vps.StoredVps;

public final class DiskChanges {
  public static long capture(Path upper, int idBase, Path directory) throws IOException {
    Command.of(
            "tar",
            "--xattrs",
            "--numeric-owner",
            "-C",
            upper.toString(),
            "-cf",
            directory.resolve("rootfs-diff.tar").toString(),
            ".")
        .run()
        .orFail("tar");
    Files.writeString(directory.resolve("deleted.files"), "[]");
    return Files.size(directory.resolve("rootfs-diff.tar"));
  }

  public static void restore(Path directory, Path disk, StoredVps stored) throws IOException {
    DurableFiles.deleteTree(disk.resolve("upper"));
    DurableFiles.folder(disk.resolve("upper"), "rwxr-xr-x");
    Command.of(
            "tar",
            "--xattrs",
            "--numeric-owner",
            "--same-owner",
            "-C",
            disk.resolve("upper").toString(),
            "-xpf",
            directory.resolve("rootfs-diff.tar").toString())
        .run()
        .orFail("tar");
  }
}
