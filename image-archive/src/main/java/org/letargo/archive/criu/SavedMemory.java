package org.letargo.archive.criu;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory of a process in the images: areas in {@code mm-PID.img} {exe_file_id 12, vmas 14
 * {start 1, end 2, pgoff 3, shmid 4, status 7}}, pages in {@code pagemap-PID.img} and {@code
 * pages-N.img}. The bits of status are those of CRIU's image.h.
 */
final class SavedMemory {
  private static final int MAX_AREAS = 1 << 20;
  private static final long VDSO = 1 << 3;
  private static final long MAPPED_FILE = 1 << 6 | 1 << 7;
  private static final long ANONYMOUS_SHARED = 1 << 8;
  private static final long AIO_RING = 1 << 13;

  /** What shmid means something else for: SysV segments, sockets, memfd, areas of a plugin. */
  private static final long NO_FILE_ID = 1 << 10 | 1 << 11 | AIO_RING | 1 << 14 | 1 << 27;

  private final ImageSet images;
  private final int pid;
  private final List<SavedProcess.Area> areas = new ArrayList<>();
  private final List<SavedProcess.Area> unstable = new ArrayList<>();
  private final List<SavedProcess.SharedArea> shared = new ArrayList<>();

  private SavedMemory(ImageSet images, int pid) {
    this.images = images;
    this.pid = pid;
  }

  /**
   * Checks that every mapped file is there, that every page lies in an area, and that the pages are
   * as many as the pagemap says.
   */
  static SavedMemory check(ImageSet images, int pid, FileTable files) throws IOException {
    var memory = new SavedMemory(images, pid);
    memory.readAreas(files);
    memory.checkPages();
    return memory;
  }

  /** What the kernel writes by itself. */
  List<SavedProcess.Area> unstable() {
    return unstable;
  }

  /** Where it sees shared memory whose pages lie in images of their own. */
  List<SavedProcess.SharedArea> shared() {
    return shared;
  }

  private void readAreas(FileTable files) throws IOException {
    try (var image = images.open("mm-" + pid + ".img", ImageFile.Kind.MEMORY_AREAS)) {
      ProtoMessage memory = image.require();
      files.require(memory.requireNumber(12), pid, "the program");
      memory.each(
          14,
          area -> {
            if (areas.size() == MAX_AREAS) {
              throw image.malformed("it has more than " + MAX_AREAS + " areas");
            }
            add(area, files);
          });
    }
    areas.sort((one, other) -> Long.compareUnsigned(one.start(), other.start()));
  }

  private void add(ProtoMessage message, FileTable files) {
    var area = new SavedProcess.Area(message.requireNumber(1), message.requireNumber(2));
    long status = message.requireNumber(7);
    areas.add(area);
    if ((status & (VDSO | AIO_RING)) != 0) {
      unstable.add(area);
    }
    if ((status & ANONYMOUS_SHARED) != 0 && (status & NO_FILE_ID) == 0) {
      long offset = message.number(3).orElse(0);
      shared.add(new SavedProcess.SharedArea(area, message.requireNumber(4), offset));
    }
    if ((status & MAPPED_FILE) != 0 && (status & NO_FILE_ID) == 0) {
      files.require(
          message.requireNumber(4), pid, "what is mapped at " + Long.toHexString(area.start()));
    }
  }

  private void checkPages() throws IOException {
    MemoryLayout layout = images.layout("pagemap-" + pid + ".img");
    long sizeBytes = images.sizeBytes(layout.pagesFile()).orElse(0);
    if (sizeBytes != layout.sizeBytes()) {
      throw images.unfit(
          "the pages of process %d are %d bytes, and %s has %d"
              .formatted(pid, layout.sizeBytes(), layout.pagesFile(), sizeBytes));
    }
    int area = 0;
    for (int run = 0; run < layout.runs(); run++) {
      for (long at = layout.start(run); at < layout.end(run); ) {
        while (area < areas.size() && areas.get(area).end() <= at) {
          area++;
        }
        if (area == areas.size() || areas.get(area).start() > at) {
          throw images.unfit(
              "process %d has a page at %x, where it has no memory".formatted(pid, at));
        }
        at = areas.get(area).end();
      }
    }
  }
}
