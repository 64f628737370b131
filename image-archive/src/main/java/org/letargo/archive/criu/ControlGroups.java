package org.letargo.archive.criu;

import static org.letargo.archive.ArchiveException.quoted;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.letargo.archive.ArchiveException;

/**
 * The control groups that CRIU's images ask for. CRIU makes the directories and writes the
 * properties of {@code cgroup.img} as root of the host, with paths that it puts together from the
 * image's texts, in a directory where all hierarchies are: a property {@code
 * ../../../release_agent} would be written as gladly as {@code pids.max}, and the kernel would run
 * what it says, on the host. So whoever restores images checks the texts first.
 *
 * <p>Formats: cgroup {sets 1 {ctls 2 {name 1, path 2}}, controllers 2 {cnames 1, dirs 2}}; a
 * directory {dir_name 1, children 2, properties 3 {name 1}}. See prepare_cgroup_dirs and
 * restore_cgroup_prop of CRIU.
 */
public final class ControlGroups {
  private static final String FILE = "cgroup.img";
  private static final int MAX_DEPTH = 64;

  /** Empty for the hierarchy of version 2. */
  private static final Pattern CONTROLLER = Pattern.compile("(name=)?[A-Za-z0-9_-]*");

  private static final Pattern PROPERTY = Pattern.compile("[A-Za-z0-9_]+(\\.[A-Za-z0-9_]+)*");

  /** The kernel runs what is in it, on the host. */
  private static final String RELEASE_AGENT = "release_agent";

  private final Path images;

  /**
   * @param images the folder of the image files
   */
  public ControlGroups(Path images) {
    this.images = images;
  }

  /**
   * Checks every name; images without control groups are fine.
   *
   * @throws ArchiveException REFUSED if a name leads out of its group; CORRUPT if the image cannot
   *     be read
   */
  public void requireInside() throws IOException {
    if (!Files.exists(images.resolve(FILE))) {
      return;
    }
    try (var image = ImageFile.open(images.resolve(FILE), ImageFile.Kind.CONTROL_GROUPS)) {
      ProtoMessage groups = image.require();
      groups.each(1, set -> set.each(2, ControlGroups::requireMember));
      groups.each(
          2,
          controller -> {
            controller.each(1, name -> requireController(name.asText()));
            controller.each(2, directory -> requireDirectory(directory, 0));
          });
    }
  }

  private static void requireMember(ProtoMessage member) {
    requireController(member.text(1));
    requirePath(member.text(2));
  }

  private static void requireDirectory(ProtoMessage directory, int depth) {
    if (depth > MAX_DEPTH) {
      throw refused("a group", "lies deeper than " + MAX_DEPTH + " others");
    }
    requirePath(directory.text(1));
    directory.each(3, property -> requireProperty(property.text(1)));
    directory.each(2, child -> requireDirectory(child, depth + 1));
  }

  private static void requireProperty(String name) {
    if (!PROPERTY.matcher(name).matches() || name.equals(RELEASE_AGENT)) {
      throw refused("property " + quoted(name), "is none that a VPS may set");
    }
  }

  private static void requireController(String name) {
    if (!CONTROLLER.matcher(name).matches()) {
      throw refused("controller " + quoted(name), "has no valid name");
    }
  }

  private static void requirePath(String path) {
    boolean leadsOut = List.of(path.split("/", -1)).contains("..");
    if (leadsOut || path.indexOf('\0') >= 0) {
      throw refused("group " + quoted(path), "leads out of the control groups");
    }
  }

  private static ArchiveException refused(String what, String why) {
    return ArchiveException.refused("the checkpoint's images are refused", what + " " + why);
  }
}
