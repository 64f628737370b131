package org.letargo.archive.disk;

import static org.letargo.archive.ArchiveException.quoted;

import org.letargo.archive.ArchiveException;

/** The names in disk changes: what is allowed, and their order. Raw strings throughout. */
final class EntryPaths {
  /** The kernel takes 4,095 bytes, the directory of the store included. */
  static final int MAX_PATH_BYTES = 3840;

  static final int MAX_NAME_BYTES = 255;
  static final int MAX_DEPTH = 512;
  static final int MAX_LINK_BYTES = 4095;

  private EntryPaths() {}

  /** The path of an entry from its name in the tar; empty for the root. */
  static String parse(String name, TarEntry.Kind kind, String where) {
    if (kind != TarEntry.Kind.DIRECTORY) {
      requireAllowed(name, where);
      return name;
    }
    if (name.equals("./")) {
      return "";
    }
    if (!name.endsWith("/")) {
      throw refused(name, where, "the name of a directory ends in a slash");
    }
    String path = name.substring(0, name.length() - 1);
    requireAllowed(path, where);
    return path;
  }

  /** Refuses every path that could lead anywhere but beneath the root. */
  static void requireAllowed(String path, String where) {
    String problem = problem(path);
    if (!problem.isEmpty()) {
      throw refused(path, where, problem);
    }
  }

  /** What is wrong with a path; empty: nothing. */
  static String problem(String path) {
    if (path.isEmpty()) {
      return "the name is empty";
    }
    if (path.startsWith("/")) {
      return "the name is absolute";
    }
    if (path.length() > MAX_PATH_BYTES) {
      return "the name is longer than " + MAX_PATH_BYTES + " bytes";
    }
    if (path.indexOf('\0') >= 0) {
      return "the name has a zero byte in it";
    }
    String[] components = path.split("/", -1);
    if (components.length > MAX_DEPTH) {
      return "it lies deeper than " + MAX_DEPTH + " directories";
    }
    for (String component : components) {
      if (component.isEmpty()) {
        return "the name has an empty part";
      }
      if (component.equals(".") || component.equals("..")) {
        return "the name has the part " + quoted(component);
      }
      if (component.length() > MAX_NAME_BYTES) {
        return "a part of the name is longer than " + MAX_NAME_BYTES + " bytes";
      }
    }
    return "";
  }

  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  static String lastName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  static String child(String path, String name) {
    return path.isEmpty() ? name : path + "/" + name;
  }

  private static ArchiveException refused(String path, String where, String why) {
    return ArchiveException.refused(
        "the tar entry " + quoted(RawPaths.shown(path)) + " " + where + " is refused", why);
  }
}
