package org.letargo.hook.pages;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
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
 * removes it. Hooks of several instances on one machine take turns, or one would put it back while
 * the tasks of another open theirs.
 */
public final class UserfaultfdSetting {
  private static final Logger LOG = LoggerFactory.getLogger(UserfaultfdSetting.class);
  private static final Path SETTING = Path.of("/proc/sys/vm/unprivileged_userfaultfd");
  private static final Path TURN = Path.of("/run/letargo-userfaultfd.lock");
  private static final String ALLOWED = "1";

  /** What a restore takes of which the host is short of everything; longer nobody waits. */
  private static final Duration LONGEST_TURN = Duration.ofSeconds(30);

  private static final Duration LOOK = Duration.ofMillis(5);

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
  private final Path turn;
  private int holders;

  /** Open while it is our turn. */
  private Optional<FileChannel> own = Optional.empty();

  /**
   * @param note the file that keeps the value meanwhile
   */
  public UserfaultfdSetting(Path note) {
    this(SETTING, note, TURN);
  }

  UserfaultfdSetting(Path setting, Path note, Path turn) {
    this.setting = setting;
    this.note = note;
    this.turn = turn;
  }

  /**
   * Lets tasks of user namespaces open userfaultfds.
   *
   * @throws VpsException HOST_UNFIT if the kernel has none, or we may not
   */
  public synchronized Hold hold() {
    try {
      if (holders == 0) {
        own = awaitTurn();
        String now = Files.readString(setting).strip();
        if (!now.equals(ALLOWED)) {
          DurableFiles.writeJson(note, new Before(now));
          Files.writeString(setting, ALLOWED);
        }
      }
    } catch (IOException e) {
      DurableFiles.delete(note);
      endTurn();
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
            putBack();
            endTurn();
          }
        }
      }
    }
  }

  /** Puts back what is noted: what a hook that died has left, when nobody holds it yet. */
  public synchronized void recover() {
    if (Files.exists(note)) {
      own = awaitTurn();
      putBack();
      endTurn();
    }
  }

  private void putBack() {
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

  /** Empty if it does not come: then nobody takes turns. The kernel ends that of who dies. */
  private Optional<FileChannel> awaitTurn() {
    try {
      FileChannel channel =
          FileChannel.open(turn, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      long endNanos = System.nanoTime() + LONGEST_TURN.toNanos();
      while (channel.tryLock() == null) {
        if (System.nanoTime() >= endNanos) {
          channel.close();
          throw new IOException("it is locked for " + LONGEST_TURN.toSeconds() + " s");
        }
        Thread.sleep(LOOK);
      }
      return Optional.of(channel);
    } catch (IOException e) {
      LOG.warn("{} cannot be locked: {}, continuing without it", turn, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
  }

  private void endTurn() {
    try {
      if (own.isPresent()) {
        own.get().close();
      }
    } catch (IOException e) {
      LOG.warn("{} cannot be closed: {}, continuing without it", turn, e.getMessage());
    }
    own = Optional.empty();
  }
}
