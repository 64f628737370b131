package org.letargo.hook.preflight;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * A line of /proc/PID/mountinfo.
 *
 * @param device {@code major:minor} of its file system
 * @param root what of the file system is mounted
 * @param point where, in the VPS
 */
record Mount(int id, int parent, String device, String root, String point, String type) {
  private static final Pattern ESCAPED = Pattern.compile("\\\\([0-7]{3})");

  /** Who is asked here may never answer. */
  private static final Set<String> REMOTE =
      Set.of("nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "afs", "autofs", "virtiofs");

  static Mount parse(String line) {
    String[] fields = line.split(" ");
    int behind = 6;
    while (!fields[behind].equals("-")) {
      behind++; // optional fields: shared:1 master:2
    }
    return new Mount(
        Integer.parseInt(fields[0]),
        Integer.parseInt(fields[1]),
        fields[2],
        unescaped(fields[3]),
        unescaped(fields[4]),
        fields[behind + 1]);
  }

  private static String unescaped(String field) {
    return ESCAPED
        .matcher(field)
        .replaceAll(match ->
            java.util.regex.Matcher.quoteReplacement(
                String.valueOf((char) Integer.parseInt(match.group(1), 8))));
  }

  boolean isFuse() {
    return type.equals("fuse") || type.startsWith("fuse.") || type.equals("fuseblk");
  }

  /** Whether a file on it can be asked for its facts without waiting for a program or a network. */
  boolean isLocal() {
    return !isFuse() && !REMOTE.contains(type);
  }

  boolean isBelow(Mount other) {
    return point.equals(other.point)
        || other.point.equals("/")
        || point.startsWith(other.point + "/");
  }
}
