package org.letargo.archive.criu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The pseudo terminals in CRIU's images of one checkpoint, as far as it matters to programs that
 * did not die of it: at the end of a checkpoint CRIU makes both ends of each terminal non-blocking
 * and reads what waits there. Of an end that several have opened it does so by the first open file.
 *
 * <p>Formats, of images/*.proto of CRIU. tty-info: {id 1, type 2, pty 12 {index 1}}. files: {type
 * 1, id 2, tty 19 {tty_info_id 2, flags 3}}. tty-data: {tty_id 1 (that of tty-info), data 2}. ids:
 * {files_id 2}. fdinfo: {id 1, type 3, fd 4}. An id of tty-info is odd for a master.
 */
public final class TerminalImages {
  private static final int PSEUDO_TERMINAL = 1;
  private static final int TERMINAL_FILE = 11;

  private final Path directory;

  public TerminalImages(Path directory) {
    this.directory = directory;
  }

  /**
   * One end of a terminal.
   *
   * @param index the N of /dev/pts/N
   * @param pid a process that has it open, as the VPS counts
   * @param descriptor its number there
   * @param flags those of open(2) that it had
   * @param unread what waited to be read at this end, and was read
   */
  public record End(
      int index, boolean isMaster, int pid, int descriptor, int flags, byte[] unread) {}

  private record OpenFile(long terminal, int flags) {}

  private record Holder(int pid, int descriptor) {}

  /** Whether CRIU has come so far as to read from terminals: only then is the inventory there. */
  public boolean areComplete() {
    return Files.exists(directory.resolve("inventory.img"));
  }

  /**
   * The ends that CRIU may have changed.
   *
   * @throws org.letargo.archive.ArchiveException CORRUPT if an image is not what CRIU writes
   */
  public List<End> ends() throws IOException {
    Map<Long, Integer> indexes = indexes();
    if (indexes.isEmpty()) {
      return List.of();
    }
    Map<Long, OpenFile> files = firstFiles(indexes);
    Map<Long, byte[]> unread = unread();
    Map<Long, Holder> holders = holders(files);
    List<End> ends = new ArrayList<>();
    files.forEach((id, file) -> {
      Holder holder = holders.get(id);
      if (holder != null) { // else it is in flight in a socket
        ends.add(
            new End(
                indexes.get(file.terminal()),
                (file.terminal() & 1) != 0,
                holder.pid(),
                holder.descriptor(),
                file.flags(),
                unread.getOrDefault(file.terminal(), new byte[0])));
      }
    });
    return ends;
  }

  /** Of pseudo terminals, by id. */
  private Map<Long, Integer> indexes() throws IOException {
    Map<Long, Integer> found = new HashMap<>();
    each(
        "tty-info.img",
        ImageFile.Kind.TERMINALS,
        terminal -> {
          if (terminal.requireNumber(2) == PSEUDO_TERMINAL) {
            found.put(terminal.requireNumber(1), (int) terminal.message(12).requireNumber(1));
          }
        });
    return found;
  }

  /** The first open file of each terminal's end, by the file's id. */
  private Map<Long, OpenFile> firstFiles(Map<Long, Integer> indexes) throws IOException {
    Map<Long, OpenFile> byTerminal = new HashMap<>();
    Map<Long, OpenFile> found = new LinkedHashMap<>();
    each(
        "files.img",
        ImageFile.Kind.FILES,
        file -> {
          if (file.requireNumber(1) != TERMINAL_FILE) {
            return;
          }
          ProtoMessage terminal = file.message(19);
          OpenFile open = new OpenFile(terminal.requireNumber(2), (int) terminal.requireNumber(3));
          if (indexes.containsKey(open.terminal())
              && byTerminal.putIfAbsent(open.terminal(), open) == null) {
            found.put(file.requireNumber(2), open);
          }
        });
    return found;
  }

  private Map<Long, byte[]> unread() throws IOException {
    Map<Long, byte[]> found = new HashMap<>();
    each(
        "tty-data.img",
        ImageFile.Kind.TERMINAL_DATA,
        data -> found.put(data.requireNumber(1), data.bytes(2)));
    return found;
  }

  /** A process for each of these files, by the file's id. */
  private Map<Long, Holder> holders(Map<Long, OpenFile> files) throws IOException {
    Map<Long, Holder> found = new HashMap<>();
    for (CriuProcess process : new CriuImages(directory).processes()) {
      each(
          "ids-" + process.pid() + ".img",
          ImageFile.Kind.IDS,
          ids -> {
            String descriptors = "fdinfo-" + ids.requireNumber(2) + ".img";
            each(
                descriptors,
                ImageFile.Kind.DESCRIPTORS,
                descriptor -> {
                  long id = descriptor.requireNumber(1);
                  if (descriptor.requireNumber(3) == TERMINAL_FILE && files.containsKey(id)) {
                    found.putIfAbsent(
                        id, new Holder(process.pid(), (int) descriptor.requireNumber(4)));
                  }
                });
          });
    }
    return found;
  }

  private interface Message {
    void read(ProtoMessage message) throws IOException;
  }

  /** CRIU writes no file where there is nothing to write. */
  private void each(String name, ImageFile.Kind kind, Message action) throws IOException {
    Path file = directory.resolve(name);
    if (!Files.exists(file)) {
      return;
    }
    try (var image = ImageFile.open(file, kind)) {
      for (Optional<ProtoMessage> entry; (entry = image.next()).isPresent(); ) {
        action.read(entry.get());
      }
    }
  }
}
