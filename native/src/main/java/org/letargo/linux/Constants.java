package org.letargo.linux;

import com.sun.jna.Platform;

/** Numbers that differ between architectures: arm64 has its own O_DIRECTORY and O_NOFOLLOW. */
final class Constants {
  static final int O_DIRECTORY = Platform.isARM() ? 040000 : 0200000;
  static final int O_NOFOLLOW = Platform.isARM() ? 0100000 : 0400000;

  private Constants() {}
}
