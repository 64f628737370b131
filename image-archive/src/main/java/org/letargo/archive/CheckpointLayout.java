package org.letargo.archive;

import java.util.regex.Pattern;

/** What a checkpoint may consist of, in a store and in an archive. */
public final class CheckpointLayout {
  /** The name of the manifest, in an archive and in messages. */
  public static final String MANIFEST = "manifest.json";

  /** A manifest is never longer, in bytes. */
  public static final int MAX_MANIFEST_BYTES = 16 << 20;

  /** A checkpoint never has more files. */
  public static final int MAX_FILES = 65_536;

  private static final Pattern PATH =
      Pattern.compile(
          "rootfs-diff\\.tar|deleted\\.files|config\\.dump|spec\\.dump"
              + "|checkpoint/(?!\\.{1,2}$)[A-Za-z0-9._-]{1,80}");

  private CheckpointLayout() {}

  /**
   * Whether a checkpoint may have a file of this path: the four fixed names, and one level of plain
   * names beneath {@code checkpoint/}, short enough for a plain tar header.
   */
  public static boolean isAllowed(String path) {
    return PATH.matcher(path).matches();
  }
}
