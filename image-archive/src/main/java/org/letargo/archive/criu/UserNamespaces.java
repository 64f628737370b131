package org.letargo.archive.criu;

import static org.letargo.archive.ArchiveException.quoted;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.letargo.archive.ArchiveException;

/**
 * The namespaces that CRIU's images ask for. CRIU runs as root and does what they say: images whose
 * tasks share a namespace with the inventory's own, which is the host's, would be restored into it,
 * and the user namespace's image says which ids of the host the tasks become. So whoever restores
 * images checks the first and writes the second himself.
 *
 * <p>Formats: inventory {root_ids 3}; ids {pid 5, net 6, ipc 7, uts 8, mnt 9, user 10, cgroup 11};
 * userns {uid_map 1, gid_map 2} of {first 1, lower_first 2, count 3}. See
 * restore_task_with_children and prepare_userns of CRIU.
 */
public final class UserNamespaces {
  private static final int ROOT_IDS = 3;
  private static final int USER = 10;
  private static final Map<Integer, String> NAMESPACES = names();

  private final Path images;

  /**
   * @param images the folder of the image files
   */
  public UserNamespaces(Path images) {
    this.images = images;
  }

  private static Map<Integer, String> names() {
    Map<Integer, String> names = new LinkedHashMap<>();
    names.put(5, "pid");
    names.put(6, "net");
    names.put(7, "ipc");
    names.put(8, "uts");
    names.put(9, "mnt");
    names.put(USER, "user");
    names.put(11, "cgroup");
    return names;
  }

  /**
   * The name of the image of the one user namespace that all tasks are in.
   *
   * @throws ArchiveException REFUSED if a task would share a namespace with the host, or tasks are
   *     in several user namespaces; CORRUPT if an image cannot be read
   */
  public String requireOwn() throws IOException {
    ProtoMessage host;
    try (var image = ImageFile.open(images.resolve("inventory.img"), ImageFile.Kind.INVENTORY)) {
      host = image.require().message(ROOT_IDS);
    }
    long user = 0;
    CriuImages criu = new CriuImages(images);
    for (CriuProcess process : criu.processes()) {
      String name = "ids-" + process.pid() + ".img";
      if (!Files.exists(images.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
        if (process.parentPid() == 0 || !criu.hasEnded(process.pid())) {
          throw refused(process.pid(), "has no namespaces");
        }
        continue; // a zombie: there is nothing of it but what it ended with
      }
      try (var image = ImageFile.open(images.resolve(name), ImageFile.Kind.IDS)) {
        ProtoMessage ids = image.require();
        for (Map.Entry<Integer, String> namespace : NAMESPACES.entrySet()) {
          requireOther(process.pid(), namespace.getValue(), ids, host, namespace.getKey());
        }
        long its = ids.requireNumber(USER);
        if (user != 0 && its != user) {
          throw refused(process.pid(), "is in another user namespace than the others");
        }
        user = its;
      }
    }
    return "userns-" + user + ".img";
  }

  private static void requireOther(
      int pid, String name, ProtoMessage ids, ProtoMessage host, int field) {
    long its = ids.number(field).orElse(0);
    if (its == 0 || its == host.requireNumber(field)) {
      throw refused(pid, "is to share the " + name + " namespace with the host");
    }
  }

  private static ArchiveException refused(int pid, String why) {
    return ArchiveException.refused(
        "the checkpoint's images are refused",
        "process " + quoted(String.valueOf(pid)) + " " + why);
  }

  /**
   * The content of a user namespace's image whose ids 0 to count-1 are base and more on the host.
   */
  public static byte[] image(long base, int count) {
    byte[] extent = message(new byte[] {0x08, 0}, 0x10, base, 0x18, count);
    byte[] body = new byte[2 * (extent.length + 2)];
    ByteBuffer maps = ByteBuffer.wrap(body);
    for (int field = 1; field <= 2; field++) {
      maps.put((byte) (field << 3 | 2)).put((byte) extent.length).put(extent);
    }
    return ByteBuffer.allocate(3 * Integer.BYTES + body.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(ImageFile.COMMON_MAGIC)
        .putInt(ImageFile.Kind.USER_NAMESPACE.magic)
        .putInt(body.length)
        .put(body)
        .array();
  }

  private static byte[] message(byte[] start, long... keysAndValues) {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(start);
    for (long number : keysAndValues) {
      for (; number > 0x7F; number >>>= 7) {
        bytes.write((int) (number & 0x7F | 0x80));
      }
      bytes.write((int) number);
    }
    return bytes.toByteArray();
  }

  /** Whether the image of this name maps the ids exactly so. */
  public boolean isMapped(String name, long base, int count) throws IOException {
    byte[] wanted = image(base, count);
    return Files.size(images.resolve(name)) == wanted.length
        && ByteBuffer.wrap(Files.readAllBytes(images.resolve(name)))
            .equals(ByteBuffer.wrap(wanted));
  }
}
