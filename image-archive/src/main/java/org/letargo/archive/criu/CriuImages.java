package org.letargo.archive.criu;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.letargo.archive.ArchiveException;

/**
 * CRIU's image files of one checkpoint. Every call reads the files anew; nothing stays open.
 *
 * <p>Formats: images/*.proto of CRIU. pagemap: after a head {pages_id 1} entries {vaddr 1, nr_pages
 * 2, in_parent 3, flags 4, nr_pages 5 from CRIU 4.2 on}. pstree {pid 1, ppid 2, pgid 3, sid 4,
 * threads 5}. core {thread_info 2 {gpregs 2 {r8 10, si 14, di 15, orig_ax 16}}, tc 3 {comm 6}}, of
 * each thread. mm {exe_file_id 12}. inventory {img_version 1}.
 */
public final class CriuImages {
  private static final int PAGE_BYTES = 4096;
  private static final long MAX_PAGES = 1L << 32; // 16 TiB
  private static final int MAX_PROCESSES = 1_000_000;
  private static final int MAX_NAME_CHARS = 64; // the kernel's own limit is 15 bytes

  /** COMPEL_TASK_DEAD. */
  private static final int DEAD = 2;

  private static final Pattern PAGEMAP = Pattern.compile("pagemap-.*\\.img");

  /** Of x86-64; of a thread that is in no system call the number is -1. */
  private static final long FUTEX = 202;

  private static final long NO_CALL = -1;

  /** Without FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME. */
  private static final int FUTEX_COMMAND = 0x7f;

  private static final int FUTEX_LOCK_PI = 6;
  private static final int FUTEX_WAIT_REQUEUE_PI = 11;
  private static final int FUTEX_LOCK_PI2 = 13;

  private static final int IN_PARENT = 1;
  private static final int LAZY = 2;
  private static final int PRESENT = 4;

  private final ImageSource source;

  public CriuImages(Path directory) {
    this(ImageSource.folder(directory));
  }

  public CriuImages(ImageSource source) {
    this.source = source;
  }

  private ImageFile open(String name, ImageFile.Kind kind) throws IOException {
    return ImageFile.open(name, source.open(name), kind);
  }

  /**
   * The version of the image format, 2 since CRIU 1.4.
   *
   * @throws ArchiveException CORRUPT if the inventory is not one
   */
  public int imageVersion() throws IOException {
    try (var image = open("inventory.img", ImageFile.Kind.INVENTORY)) {
      return Math.toIntExact(image.require().requireNumber(1) & 0x7FFF_FFFF);
    }
  }

  /**
   * Memory that a resume brings back: pages stored here or fetched lazily, of processes and shared
   * memory. Pages that a parent checkpoint holds do not count.
   *
   * @throws ArchiveException CORRUPT if a pagemap is not one
   */
  public long memoryBytes() throws IOException {
    long pages = 0;
    for (String name : pagemaps()) {
      pages += pages(name);
    }
    return pages * PAGE_BYTES;
  }

  /** The images that say where memory is, of processes and shared memory. */
  public List<String> pagemaps() throws IOException {
    return source.names().stream().filter(name -> PAGEMAP.matcher(name).matches()).toList();
  }

  private long pages(String name) throws IOException {
    long pages = 0;
    try (var image = open(name, ImageFile.Kind.PAGEMAP)) {
      image.require().requireNumber(1);
      for (Optional<ProtoMessage> entry; (entry = image.next()).isPresent(); ) {
        ProtoMessage run = entry.get();
        long count = run.number(5).orElseGet(() -> run.requireNumber(2));
        boolean parent = run.number(3).orElse(0) != 0;
        long flags = run.number(4).orElse(parent ? IN_PARENT : PRESENT); // no flags before CRIU 3
        if (count < 0 || count > MAX_PAGES) {
          throw image.malformed("a run claims " + Long.toUnsignedString(count) + " pages");
        }
        if ((flags & (PRESENT | LAZY)) != 0) {
          pages += count;
        }
        if (pages > MAX_PAGES) {
          throw image.malformed("its runs have more than 16 TiB together");
        }
      }
    }
    return pages;
  }

  /**
   * All processes, in CRIU's order: parents before children.
   *
   * @throws ArchiveException CORRUPT if an image is not what CRIU writes
   */
  public List<CriuProcess> processes() throws IOException {
    List<CriuProcess> processes = new ArrayList<>();
    try (var image = open("pstree.img", ImageFile.Kind.PSTREE)) {
      for (Optional<ProtoMessage> entry; (entry = image.next()).isPresent(); ) {
        if (processes.size() == MAX_PROCESSES) {
          throw image.malformed("it has more than " + MAX_PROCESSES + " processes");
        }
        ProtoMessage process = entry.get();
        int pid = id(image, process.requireNumber(1));
        processes.add(
            new CriuProcess(
                pid,
                id(image, process.requireNumber(2)),
                id(image, process.requireNumber(4)),
                process.count(5),
                name(pid)));
      }
    }
    return processes;
  }

  /**
   * The locks that inherit priorities for which threads wait in the kernel. A thread asks again
   * when it is restored, and the kernel then writes to the lock in a way that cannot wait for the
   * page (fault_in_user_writeable): it must be there first, else the call fails with EFAULT, and
   * the C library ends the program.
   *
   * @return addresses of locks by the pid of their process
   * @throws ArchiveException CORRUPT if an image is not what CRIU writes
   */
  public Map<Long, NavigableSet<Long>> priorityLocks() throws IOException {
    Map<Long, NavigableSet<Long>> found = new TreeMap<>();
    try (var image = open("pstree.img", ImageFile.Kind.PSTREE)) {
      for (Optional<ProtoMessage> entry; (entry = image.next()).isPresent(); ) {
        long pid = entry.get().requireNumber(1);
        for (long thread : entry.get().numbers(5)) {
          Set<Long> locks = priorityLocks(thread);
          if (!locks.isEmpty()) {
            found.computeIfAbsent(pid, _ -> new TreeSet<>()).addAll(locks);
          }
        }
      }
    }
    return found;
  }

  private Set<Long> priorityLocks(long thread) throws IOException {
    try (var image = open("core-" + thread + ".img", ImageFile.Kind.CORE)) {
      ProtoMessage registers = image.require().message(2).message(2);
      if (registers.number(16).orElse(NO_CALL) != FUTEX) {
        return Set.of();
      }
      int command = (int) registers.requireNumber(14) & FUTEX_COMMAND;
      return switch (command) {
        case FUTEX_LOCK_PI, FUTEX_LOCK_PI2 -> Set.of(registers.requireNumber(15));
        case FUTEX_WAIT_REQUEUE_PI -> Set.of(registers.requireNumber(10)); // its second lock
        default -> Set.of();
      };
    } catch (NoSuchFileException e) {
      return Set.of();
    }
  }

  /**
   * Whether a process had ended when it was saved and only its parent had not heard of it: the
   * engine restores of it nothing but what it ended with, and saves no namespaces of it.
   */
  boolean hasEnded(int pid) throws IOException {
    try (var image = open("core-" + pid + ".img", ImageFile.Kind.CORE)) {
      return image.require().message(3).requireNumber(1) == DEAD;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** The path of a process's program, inside the VPS; empty where there is none, as of a zombie. */
  public Map<Integer, String> programs(List<CriuProcess> processes) throws IOException {
    OpenFiles files = OpenFiles.read(source);
    Map<Integer, String> programs = new HashMap<>();
    for (CriuProcess process : processes) {
      try (var image = open("mm-" + process.pid() + ".img", ImageFile.Kind.MEMORY_AREAS)) {
        programs.put(process.pid(), files.name(image.require().requireNumber(12)));
      } catch (NoSuchFileException e) {
        programs.put(process.pid(), "");
      }
    }
    return programs;
  }

  /**
   * The sockets that have a name or an address, of all processes.
   *
   * @throws ArchiveException CORRUPT if the image of open files is not one
   */
  public List<CriuSocket> sockets() throws IOException {
    return OpenFiles.read(source).sockets();
  }

  private static int id(ImageFile image, long number) {
    if (number < 0 || number > Integer.MAX_VALUE) {
      throw image.malformed("process id " + number + " is out of range");
    }
    return (int) number;
  }

  /** Empty for a process without a core image, which is how CRIU saves helpers. */
  private String name(int pid) throws IOException {
    try (var image = open("core-" + pid + ".img", ImageFile.Kind.CORE)) {
      String name = image.require().message(3).text(6);
      return name.length() <= MAX_NAME_CHARS ? name : name.substring(0, MAX_NAME_CHARS);
    } catch (NoSuchFileException e) {
      return "";
    }
  }
}
