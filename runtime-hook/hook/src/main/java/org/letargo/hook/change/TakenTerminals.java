package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.criu.TerminalImages;
import org.letargo.hook.preflight.Preflight;
import org.letargo.hook.protocol.VpsName;
import org.letargo.linux.BorrowedTerminal;
import org.letargo.linux.NativeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives programs back what the engine took from their terminals for a checkpoint that was to kill
 * them and did not: it has made the ends non-blocking and read what waited in them, and undoes that
 * only after errors of its own (tty_dump_queued_data in its tty.c). A shell would end with {@code
 * read error: Resource temporarily unavailable}.
 */
final class TakenTerminals {
  private static final Logger LOG = LoggerFactory.getLogger(TakenTerminals.class);

  /** What is typed passes through the kernel's worker, which echoes it or not. */
  private static final Duration LONGEST_PASSAGE = Duration.ofSeconds(1);

  private static final int O_NONBLOCK = 04000;

  private record Key(int index, boolean isMaster) {}

  /** An end with what is known of it. */
  private record Taken(TerminalImages.End end, BorrowedTerminal terminal) {}

  private TakenTerminals() {}

  /**
   * To be called once for images, best while all is still frozen. What cannot be given back is
   * logged: the caller has a failure to tell already.
   *
   * @param images of the engine; those of a checkpoint that it did not come to the end of are
   *     passed over
   * @param hostPids the processes of the VPS as the host counts
   */
  static void giveBack(VpsName name, Path images, List<Long> hostPids) {
    TerminalImages saved = new TerminalImages(images);
    Map<Key, Taken> taken = new HashMap<>();
    try {
      if (saved.areComplete()) {
        open(saved.ends(), hostPids, taken);
        taken.values().forEach(each -> writeBack(each, taken));
        taken.values().forEach(TakenTerminals::setFlags);
      }
    } catch (IOException | ArchiveException | NativeException e) {
      LOG.warn(
          "vps={} its terminals are not what they were: {}, continuing without it",
          name,
          e.getMessage());
    } finally {
      taken.values().forEach(each -> each.terminal().close());
    }
  }

  private static void open(
      List<TerminalImages.End> ends, List<Long> hostPids, Map<Key, Taken> taken) {
    if (ends.isEmpty()) {
      return;
    }
    Map<Integer, Long> byPid = new HashMap<>();
    for (long hostPid : hostPids) {
      Preflight.processOf(hostPid).ifPresent(process -> byPid.put(process.pid(), hostPid));
    }
    for (TerminalImages.End end : ends) {
      Long hostPid = byPid.get(end.pid());
      if (hostPid != null) { // else it was killed meanwhile
        taken.put(
            new Key(end.index(), end.isMaster()),
            new Taken(end, BorrowedTerminal.of(hostPid, end.descriptor())));
      }
    }
  }

  /** What was read at one end is written at the other. */
  private static void writeBack(Taken reader, Map<Key, Taken> taken) {
    TerminalImages.End end = reader.end();
    Taken writer = taken.get(new Key(end.index(), !end.isMaster()));
    if (end.unread().length == 0 || writer == null || !writer.terminal().isNonBlocking()) {
      return;
    }
    int written =
        writer
            .terminal()
            .writeAgain(end.unread(), () -> reader.terminal().awaitInput(LONGEST_PASSAGE));
    if (written < end.unread().length) {
      LOG.warn(
          "terminal {} had room for {} of {} bytes that waited in it, continuing without them",
          end.index(),
          written,
          end.unread().length);
    }
  }

  private static void setFlags(Taken taken) {
    if ((taken.end().flags() & O_NONBLOCK) == 0 && taken.terminal().isNonBlocking()) {
      taken.terminal().setFlags(taken.end().flags());
    }
  }
}
