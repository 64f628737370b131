package org.letargo.hook.rootfs;

/** Where files share blocks; needs root and mkfs.xfs. */
class XfsDiskTest extends SharedBlocksContract {
  @Override
  String type() {
    return "xfs";
  }
}
