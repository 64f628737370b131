package org.letargo.hook.engine;

/**
 * An inode of a file system.
 *
 * @param device as stat(2) says it
 */
public record Inode(long device, long number) {
  /**
   * @param kernelDevice as fdinfo says it: 12 bits major, 20 bits minor
   */
  public static Inode ofKernel(long kernelDevice, long number) {
    long major = kernelDevice >>> 20;
    long minor = kernelDevice & 0xfffff;
    return new Inode((minor & 0xff) | (major << 8) | ((minor & ~0xffL) << 12), number);
  }
}
