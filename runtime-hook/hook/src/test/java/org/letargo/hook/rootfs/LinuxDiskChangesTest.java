package org.letargo.hook.rootfs;

import org.letargo.archive.disk.DiskChangesContract;
import org.letargo.archive.disk.FileSystemCalls;

/** The archive's contract, with the calls that the hook makes; needs root. */
class LinuxDiskChangesTest extends DiskChangesContract {
  @Override
  protected FileSystemCalls calls() {
    return new LinuxFileSystemCalls();
  }
}
