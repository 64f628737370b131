package org.letargo.archive.criu;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.letargo.archive.ArchiveException;

/**
 * Reads the small image files of a checkpoint and looks whether they fit together: every process
 * has what the engine needs of it (state of each thread, memory areas, pagemap and as many pages,
 * descriptors, folders), and every id of a file leads to one. It reads no page, so it takes
 * milliseconds; and it proves nothing but that nothing is missing: a trial restore proves more.
 *
 * <p>Formats: pstree {pid 1, ppid 2, threads 5}; core {tc 3 {task_state 1, comm 6}, thread_core 5
 * {rseq 15 {pointer 1, size 2}}}; ids {files_id 2}.
 */
public final class ImageCheck {
  private static final int MAX_PROCESSES = 1_000_000;
  private static final int MAX_THREADS = 1 << 22;

  /** COMPEL_TASK_DEAD. */
  private static final int DEAD = 2;

  /** struct rseq of the kernel when an image does not tell: 32 bytes at first. */
  private static final int RSEQ_BYTES = 32;

  private final ImageSet images;
  private final Map<Long, Map<Integer, FileKind>> descriptorsOf = new HashMap<>();
  private FileTable files;

  private ImageCheck(ImageSource source) {
    this.images = new ImageSet(source);
  }

  /**
   * Looks through all of them.
   *
   * @return the processes, in the order of the image
   * @throws ArchiveException CORRUPT, naming process and image file, if they do not fit together
   */
  public static List<SavedProcess> check(ImageSource source) throws IOException {
    return new ImageCheck(source).check();
  }

  private List<SavedProcess> check() throws IOException {
    try (var image = images.open("inventory.img", ImageFile.Kind.INVENTORY)) {
      image.require().requireNumber(1);
    }
    files = FileTable.read(images);
    List<SavedProcess> processes = new ArrayList<>();
    Set<Integer> pids = new HashSet<>();
    try (var image = images.open("pstree.img", ImageFile.Kind.PSTREE)) {
      for (Optional<ProtoMessage> entry; (entry = image.next()).isPresent(); ) {
        if (processes.size() == MAX_PROCESSES) {
          throw image.malformed("it has more than " + MAX_PROCESSES + " processes");
        }
        SavedProcess process = process(entry.get());
        if (process.parentPid() != 0 && !pids.contains(process.parentPid())) {
          throw images.unfit(
              "the parent of process %d is %d, which pstree.img does not have before it"
                  .formatted(process.pid(), process.parentPid()));
        }
        if (!pids.add(process.pid())) {
          throw images.unfit("there are two processes " + process.pid());
        }
        processes.add(process);
      }
    }
    if (processes.isEmpty()) {
      throw images.unfit("there is no process in pstree.img");
    }
    return processes;
  }

  private SavedProcess process(ProtoMessage entry) throws IOException {
    int pid = (int) entry.requireNumber(1);
    int parent = (int) entry.requireNumber(2);
    ProtoMessage task;
    try (var image = images.open("core-" + pid + ".img", ImageFile.Kind.CORE)) {
      task = image.require().message(3);
    }
    if (task.requireNumber(1) == DEAD) {
      return new SavedProcess(pid, parent, task.text(6), true, 0, Map.of(), List.of(), List.of());
    }
    List<Long> threads = entry.numbers(5, MAX_THREADS);
    SavedMemory memory = SavedMemory.check(images, pid, files);
    List<SavedProcess.Area> unstable = new ArrayList<>(memory.unstable());
    for (long thread : threads) {
      restartableSequence(thread).ifPresent(unstable::add);
    }
    files.requireFolders(pid);
    return new SavedProcess(
        pid,
        parent,
        task.text(6),
        false,
        threads.size(),
        descriptors(pid),
        unstable,
        memory.shared());
  }

  /** Where the kernel writes which processor a thread is on (rseq(2)): a page that changes. */
  private Optional<SavedProcess.Area> restartableSequence(long thread) throws IOException {
    try (var image = images.open("core-" + thread + ".img", ImageFile.Kind.CORE)) {
      ProtoMessage sequence = image.require().message(5).message(15);
      long start = sequence.number(1).orElse(0);
      long bytes = Math.clamp(sequence.number(2).orElse(RSEQ_BYTES), RSEQ_BYTES, 1 << 12);
      return start == 0
          ? Optional.empty()
          : Optional.of(new SavedProcess.Area(start, start + bytes));
    }
  }

  /** Processes may share their table of descriptors; it is then in one image. */
  private Map<Integer, FileKind> descriptors(int pid) throws IOException {
    long id;
    try (var image = images.open("ids-" + pid + ".img", ImageFile.Kind.IDS)) {
      id = image.require().requireNumber(2);
    }
    Map<Integer, FileKind> known = descriptorsOf.get(id);
    if (known == null) {
      known = files.descriptors(pid, id);
      descriptorsOf.put(id, known);
    }
    return known;
  }
}
