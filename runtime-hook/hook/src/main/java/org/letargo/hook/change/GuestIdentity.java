package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.template.GuestFiles;
import org.letargo.hook.vps.StoredVps;
import org.letargo.hook.vps.VpsFolder;

/** Writes into the disk of a VPS who it is: host name, name servers, machine id. */
final class GuestIdentity {
  /** Tells the programs of a clone that they are in one, and whose. */
  private static final String MARKER = "etc/letargo-clone";

  private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");
  private static final int MACHINE_ID_BYTES = 16;

  private GuestIdentity() {}

  /** Of a new VPS, in place of the template's. */
  static void write(VpsFolder folder, StoredVps stored) {
    try {
      GuestFiles files = files(folder, stored);
      writeNames(files, stored);
      files.write("etc/resolv.conf", nameServers());
    } catch (IOException e) {
      throw failed(stored, e);
    }
  }

  /**
   * Of a clone, in place of the origin's.
   *
   * @param origin which VPS and checkpoint it was cloned from, for its programs to read
   */
  static void writeClone(VpsFolder folder, StoredVps stored, String origin) {
    try {
      GuestFiles files = files(folder, stored);
      writeNames(files, stored);
      if (isPlainFile(folder.upper().resolve("etc/machine-id"))) {
        byte[] id = new byte[MACHINE_ID_BYTES];
        new SecureRandom().nextBytes(id);
        files.write("etc/machine-id", HexFormat.of().formatHex(id) + "\n");
      }
      files.write(MARKER, origin + "\n");
    } catch (IOException e) {
      throw failed(stored, e);
    }
  }

  private static GuestFiles files(VpsFolder folder, StoredVps stored) {
    return new GuestFiles(folder.upper(), stored.hostIdBase());
  }

  private static void writeNames(GuestFiles files, StoredVps stored) throws IOException {
    String name = stored.spec().name().value();
    files.write("etc/hostname", name + "\n");
    files.write("etc/hosts", "127.0.0.1 localhost\n::1 localhost\n127.0.1.1 %s\n".formatted(name));
  }

  private static boolean isPlainFile(Path file) {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }

  /** The host's name servers that can be reached from a VPS. */
  private static String nameServers() throws IOException {
    if (!Files.isReadable(RESOLV_CONF)) {
      return "";
    }
    List<String> lines =
        Files.readAllLines(RESOLV_CONF).stream()
            .map(String::strip)
            .filter(line -> !line.startsWith("#") && !line.isEmpty())
            .filter(line -> !line.startsWith("nameserver 127.") && !line.equals("nameserver ::1"))
            .toList();
    return String.join("\n", lines) + "\n";
  }

  private static RuntimeException failed(StoredVps stored, IOException e) {
    return DurableFiles.failed(
        "cannot write the identity of VPS '" + stored.spec().name() + "'", e);
  }
}
