package org.letargo.hook.rootfs;

import org.letargo.archive.disk.FileSystemCalls;
import org.letargo.archive.disk.FileSystemCallsContract;

/** The archive's contract, with the calls that the hook makes; needs root. */
class LinuxFileSystemCallsTest extends FileSystemCallsContract {
  @Override
  protected FileSystemCalls calls() {
    return new LinuxFileSystemCalls();
  }
}
