package org.letargo.hook.cgroup;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.vps.StoredVps;
import org.letargo.linux.NativeException;
import org.letargo.linux.Processes;

/** What both kinds of control groups are made of: folders and small files. */
final class GroupFiles {
  private static final int SIGKILL = 9;

  private GroupFiles() {}

  /** The group and all below it, parents first; empty if there is none. */
  static List<Path> tree(Path group) {
    List<Path> found = new ArrayList<>();
    try {
      Files.walkFileTree(
          group,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              found.add(folder);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE; // removed meanwhile by the guest
            }
          });
    } catch (IOException e) {
      throw DurableFiles.failed("cannot read control group " + group, e);
    }
    return found;
  }

  /** Removes the group and all below it, children first. */
  static void remove(Path group) {
    for (Path folder : tree(group).reversed()) {
      try {
        Files.deleteIfExists(folder);
      } catch (IOException e) {
        throw DurableFiles.failed("cannot remove control group " + folder, e);
      }
    }
  }

  /**
   * Gives a file or folder to a user and group id of the host; one that is not there is left out.
   */
  static void chown(Path path, int id) {
    chown(path, id, id);
  }

  /** Like the other one, to a user and another group. */
  static void chown(Path path, int uid, int gid) {
    try {
      Files.setAttribute(path, "unix:uid", uid);
      Files.setAttribute(path, "unix:gid", gid);
    } catch (NoSuchFileException e) {
      // not every kernel has every file
    } catch (IOException e) {
      throw DurableFiles.failed("cannot give " + path + " to " + uid, e);
    }
  }

  /** Gives a file of any VPS's user to the same user of this one; the host's own files stay. */
  static void moveIntoRange(Path path, int hostIdBase) {
    try {
      int owner = (int) Files.getAttribute(path, "unix:uid");
      boolean isOwn = owner >= hostIdBase && owner < hostIdBase + StoredVps.ID_COUNT;
      if (owner != 0 && !isOwn) {
        chown(path, hostIdBase + owner % StoredVps.ID_COUNT);
      }
    } catch (NoSuchFileException e) {
      // removed meanwhile
    } catch (IOException e) {
      throw DurableFiles.failed("cannot see who owns " + path, e);
    }
  }

  /** Processes in the group and below it. */
  static List<Long> processes(Path group) {
    List<Long> pids = new ArrayList<>();
    for (Path folder : tree(group)) {
      try {
        Files.readAllLines(folder.resolve("cgroup.procs")).stream()
            .map(Long::valueOf)
            .forEach(pids::add);
      } catch (IOException e) {
        // a group that went away holds no process
      }
    }
    return pids;
  }

  /** Sends SIGKILL to all in the group, once. */
  static void killOnce(Path group) {
    for (long pid : processes(group)) {
      try {
        Processes.kill(pid, SIGKILL);
      } catch (NativeException e) {
        if (!e.errnoName().equals("ESRCH")) {
          throw e;
        } // it ended between the listing and the signal, with its parent say
      }
    }
  }

  /** A number of a file of lines {@code KEY NUMBER}; 0 if it is not there. */
  static long readField(Path file, String key) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(key + " "))
          .mapToLong(line -> Long.parseLong(line.substring(key.length() + 1).strip()))
          .findFirst()
          .orElse(0);
    } catch (IOException | NumberFormatException e) {
      return 0; // no group, so nothing is charged to it
    }
  }

  /** What a file of one word says; empty if it is not there. */
  static String readText(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }

  static void write(Path file, String word) {
    try {
      Files.writeString(file, word);
    } catch (IOException e) {
      throw DurableFiles.failed("cannot write '" + word + "' to " + file, e);
    }
  }

  static long readLong(Path file) {
    try {
      return Long.parseLong(Files.readString(file).strip());
    } catch (IOException | NumberFormatException e) {
      return 0; // no group, so nothing is charged to it
    }
  }
}
