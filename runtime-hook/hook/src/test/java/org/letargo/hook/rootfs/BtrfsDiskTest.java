package org.letargo.hook.rootfs;

/** Where files share blocks; needs root and mkfs.btrfs. */
class BtrfsDiskTest extends SharedBlocksContract {
  @Override
  String type() {
    return "btrfs";
  }
}
