package org.letargo.hook.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.letargo.hook.command.Command;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.VpsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The options of the host's cgroup v2 mount, {@code nsdelegate} and {@code memory_recursiveprot}
 * say, which hold for the whole machine. The engine mounts that file system a second time to look
 * at it, without options, and the kernel takes that for a wish to have none (cgroup_reconfigure in
 * kernel/cgroup/cgroup.c). So they are noted before the engine works, and put back after.
 *
 * <p>The note is a file: a hook that died meanwhile finds it when it starts again. Safe for use by
 * several threads; the first that {@link #hold}s makes the note, the last that lets go removes it.
 */
public final class CgroupMount {
  private static final Logger LOG = LoggerFactory.getLogger(CgroupMount.class);
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

  private static final int MOUNT_POINT_FIELD = 4;
  private static final int OPTIONS_FIELD = 5;
  private static final int SUPER_OPTIONS_FIELD = 2;

  /**
   * One line of mountinfo, see proc(5).
   *
   * @param options of this mount alone: nosuid and such
   * @param superOptions of the file system
   */
  record Mounted(String mountPoint, String options, String superOptions) {
    static Optional<Mounted> parse(String line) {
      String[] halves = line.split(" - ", 2);
      if (halves.length != 2 || !halves[1].startsWith("cgroup2 ")) {
        return Optional.empty();
      }
      String[] fields = halves[0].split(" ");
      return Optional.of(
          new Mounted(
              fields[MOUNT_POINT_FIELD],
              fields[OPTIONS_FIELD],
              halves[1].split(" ")[SUPER_OPTIONS_FIELD]));
    }

    boolean isLike(Mounted other) {
      return Set.of(superOptions.split(",")).equals(Set.of(other.superOptions.split(",")));
    }
  }

  /** Closed when the engine has done its work; closing it never fails. */
  @FunctionalInterface
  public interface Hold extends AutoCloseable {
    @Override
    void close();
  }

  private final Path note;
  private int holders;

  /**
   * @param note the file that keeps the options while the engine works
   */
  public CgroupMount(Path note) {
    this.note = note;
  }

  /** Before the engine works. */
  public synchronized Hold hold() {
    if (holders == 0) {
      now().ifPresent(mounted -> DurableFiles.writeJson(note, mounted));
    }
    holders++;
    return this::letGo;
  }

  private synchronized void letGo() {
    putBack();
    holders--;
    if (holders == 0) {
      DurableFiles.delete(note);
    }
  }

  /** Puts back what a hook that died has noted, once no engine works any more. */
  public synchronized void recover() {
    putBack();
    DurableFiles.delete(note);
  }

  private void putBack() {
    try {
      Optional<Mounted> before = DurableFiles.readJson(note, Mounted.class);
      Optional<Mounted> now = now();
      if (before.isPresent() && now.isPresent() && !now.get().isLike(before.get())) {
        Mounted wanted = before.get();
        Command.of(
                "mount",
                "-o",
                "remount," + wanted.options + "," + wanted.superOptions,
                wanted.mountPoint)
            .run()
            .orFail("cannot put back the options " + wanted.superOptions);
      }
    } catch (VpsException e) {
      LOG.warn("the cgroup v2 mount: {} Continuing without it.", e.getMessage());
    }
  }

  /** The first cgroup2 mount: all share their options. Empty on a host without. */
  private static Optional<Mounted> now() {
    try (Stream<String> lines = Files.lines(MOUNTS)) {
      return lines.map(Mounted::parse).flatMap(Optional::stream).findFirst();
    } catch (IOException e) {
      throw DurableFiles.failed("cannot read " + MOUNTS, e);
    }
  }
}
