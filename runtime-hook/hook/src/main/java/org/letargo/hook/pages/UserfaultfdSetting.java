package org.letargo.hook.pages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernel's {@code vm.unprivileged_userfaultfd}, which holds for the whole machine. The tasks
 * that are restored lazily open userfaultfds as root of their own user namespace, which the kernel
 * lets them do only if it is 1 (fs/userfaultfd.c); other times it should be as the host wants it,
 * as userfaultfd helps those who attack the kernel. Our own VPSes cannot use it at any time: see
 * {@link org.letargo.hook.runtime.SeccompProfile}.
 *
 * <p>What it was is noted in a file: a hook that died meanwhile finds it when it starts again. Safe
 * for use by several threads; the first that {@link #hold}s makes the note, the last that lets go
 * removes it.
 */
public final class UserfaultfdSetting {
  private static final Logger LOG = LoggerFactory.getLogger(UserfaultfdSetting.class);
  private static final Path SETTING = Path.of("/proc/sys/vm/unprivileged_userfaultfd");
  private static final String ALLOWED = "1";

  /** What it was. */
  record Before(String value) {}

  /** Closed when the descriptors are open; closing it never fails, nor does closing it again. */
  @FunctionalInterface
  public interface Hold extends AutoCloseable {
    @Override
    void close();
  }

  private final Path setting;
  private final Path note;
  private int holders;

  /**
   * @param note the file that keeps the value meanwhile
   */
  public UserfaultfdSetting(Path note) {
    this(SETTING, note);
  }

  UserfaultfdSetting(Path setting, Path note) {
    this.setting = setting;
    this.note = note;
  }

  /**
   * Lets tasks of user namespaces open userfaultfds.
   *
   * @throws VpsException HOST_UNFIT if the kernel has none, or we may not
   */
  public synchronized Hold hold() {
    try {
      if (holders == 0) {
        String now = Files.readString(setting).strip();
        if (!now.equals(ALLOWED)) {
          DurableFiles.writeJson(note, new Before(now));
          Files.writeString(setting, ALLOWED);
        }
      }
    } catch (IOException e) {
      DurableFiles.delete(note);
      throw new VpsException(
          Code.HOST_UNFIT,
          "cannot resume lazily",
          "the kernel's " + setting + " cannot be set: " + e.getMessage(),
          "Resume with --eager.",
          e);
    }
    holders++;
    return new Once();
  }

  private final class Once implements Hold {
    private boolean closed;

    @Override
    public void close() {
      synchronized (UserfaultfdSetting.this) {
        if (!closed) {
          closed = true;
          holders--;
          if (holders == 0) {
            recover();
          }
        }
      }
    }
  }

  /** Puts back what is noted: what a hook that died has left, when nobody holds it yet. */
  public synchronized void recover() {
    try {
      Optional<Before> before = DurableFiles.readJson(note, Before.class);
      if (before.isPresent()) {
        Files.writeString(setting, before.get().value());
        DurableFiles.delete(note);
      }
    } catch (IOException | VpsException e) {
      LOG.warn("{} cannot be put back: {}, continuing without it", setting, e.getMessage());
    }
  }
}
