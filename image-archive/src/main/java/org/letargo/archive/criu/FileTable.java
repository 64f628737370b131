package org.letargo.archive.criu;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * All open files of a checkpoint by id, {@code files.img}: {type 1, id 2, ...}. Processes name them
 * by these ids: descriptors {id 1, flags 2, type 3, fd 4} in {@code fdinfo-N.img}, programs, mapped
 * files, working folders {cwd_id 1, root_id 2}.
 */
final class FileTable {
  private static final int MAX_FILES = 1 << 22;
  private static final int MAX_DESCRIPTORS = 1 << 20;
  private static final int GHOST = 1;

  private final ImageSet images;
  private final Map<Long, Long> typeById = new HashMap<>();

  private FileTable(ImageSet images) {
    this.images = images;
  }

  static FileTable read(ImageSet images) throws IOException {
    var table = new FileTable(images);
    try (var image = images.open("files.img", ImageFile.Kind.FILES)) {
      for (Optional<ProtoMessage> entry; (entry = image.next()).isPresent(); ) {
        long type = entry.get().requireNumber(1);
        long id = entry.get().requireNumber(2);
        if (table.typeById.size() == MAX_FILES) {
          throw image.malformed("it has more than " + MAX_FILES + " files");
        }
        if (table.typeById.put(id, type) != null) {
          throw image.malformed("it has two files of id " + id);
        }
      }
    }
    table.requireGhosts();
    return table;
  }

  /** Files that were deleted while they were open have their content in images of their own. */
  private void requireGhosts() throws IOException {
    if (images.sizeBytes("remap-fpath.img").isEmpty()) {
      return;
    }
    try (var image = images.open("remap-fpath.img", ImageFile.Kind.REMAPPED_FILES)) {
      for (Optional<ProtoMessage> entry; (entry = image.next()).isPresent(); ) {
        ProtoMessage remap = entry.get();
        if (remap.number(3).orElse(0) == GHOST) {
          String ghost = "ghost-file-" + Long.toHexString(remap.requireNumber(2)) + ".img";
          if (images.sizeBytes(ghost).isEmpty()) {
            throw images.unfit("deleted file " + remap.requireNumber(1) + " has no " + ghost);
          }
        }
      }
    }
  }

  /** Fails unless there is a file of this id. */
  void require(long id, int pid, String use) {
    if (!typeById.containsKey(id)) {
      throw images.unfit(
          "%s of process %d is file %d, which files.img does not have".formatted(use, pid, id));
    }
  }

  /** The descriptors of a process, each on a file that there is. */
  Map<Integer, FileKind> descriptors(int pid, long filesId) throws IOException {
    Map<Integer, FileKind> found = new HashMap<>();
    try (var image = images.open("fdinfo-" + filesId + ".img", ImageFile.Kind.DESCRIPTORS)) {
      for (Optional<ProtoMessage> entry; (entry = image.next()).isPresent(); ) {
        ProtoMessage descriptor = entry.get();
        long id = descriptor.requireNumber(1);
        long type = descriptor.requireNumber(3);
        int number = (int) descriptor.requireNumber(4);
        require(id, pid, "descriptor " + number);
        if (typeById.get(id) != type) {
          throw images.unfit(
              "descriptor %d of process %d is of type %d, its file of type %d"
                  .formatted(number, pid, type, typeById.get(id)));
        }
        if (found.size() == MAX_DESCRIPTORS) {
          throw image.malformed("it has more than " + MAX_DESCRIPTORS + " descriptors");
        }
        found.put(number, FileKind.of(type));
      }
    }
    return found;
  }

  /** The working folder and root folder of a process. */
  void requireFolders(int pid) throws IOException {
    try (var image = images.open("fs-" + pid + ".img", ImageFile.Kind.FOLDERS)) {
      ProtoMessage folders = image.require();
      require(folders.requireNumber(1), pid, "the working folder");
      require(folders.requireNumber(2), pid, "the root folder");
    }
  }
}
