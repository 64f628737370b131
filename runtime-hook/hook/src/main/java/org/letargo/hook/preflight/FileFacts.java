package org.letargo.hook.preflight;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What stat(2) says of an open file.
 *
 * @param device of a device node, as {@code (major, minor)} below
 */
record FileFacts(int mode, long device, long sizeBytes, long links) {
  /** Of one that was closed meanwhile, or that could not be asked without waiting for others. */
  static final FileFacts NONE = new FileFacts(0, 0, 0, 1);

  private static final int TYPE = 0170000;
  private static final int REGULAR = 0100000;
  private static final int CHARACTER = 0020000;
  private static final int BLOCK = 0060000;

  /**
   * @param file a link of /proc that leads to the file itself, whatever its name
   */
  static FileFacts of(String file) {
    try {
      Map<String, Object> found = Files.readAttributes(Path.of(file), "unix:mode,rdev,size,nlink");
      return new FileFacts(
          (int) found.get("mode"),
          (long) found.get("rdev"),
          (long) found.get("size"),
          ((Number) found.get("nlink")).longValue());
    } catch (IOException e) {
      return NONE;
    }
  }

  boolean isRegular() {
    return (mode & TYPE) == REGULAR;
  }

  boolean isCharacterDevice() {
    return (mode & TYPE) == CHARACTER;
  }

  boolean isBlockDevice() {
    return (mode & TYPE) == BLOCK;
  }

  /** As makedev(3) puts them together. */
  int major() {
    return (int) (device >>> 8 & 0xfff);
  }

  int minor() {
    return (int) (device & 0xff | device >>> 12 & 0xfff00);
  }
}
