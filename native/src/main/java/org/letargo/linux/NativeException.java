package org.letargo.linux;

import static org.letargo.linux.Libc.LIBC;

import com.sun.jna.LastErrorException;

/**
 * A system call that failed. The message names the call with its arguments, the errno and its
 * meaning.
 */
public final class NativeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String call;
  private final int errno;

  /**
   * @param call as a person would write it, {@code pidfd_open(4711)} say
   * @param errno as in errno(3)
   */
  public NativeException(String call, int errno) {
    this(call, errno, null);
  }

  NativeException(String call, LastErrorException cause) {
    this(call, cause.getErrorCode(), cause);
  }

  private NativeException(String call, int errno, Throwable cause) {
    super(call + " failed: " + nameOf(errno) + " (" + meaningOf(errno) + ")", cause);
    this.call = call;
    this.errno = errno;
  }

  private static String nameOf(int errno) {
    String name = LIBC.strerrorname_np(errno);
    return name == null ? "errno " + errno : name;
  }

  private static String meaningOf(int errno) {
    String meaning = LIBC.strerrordesc_np(errno);
    return meaning == null ? "unknown error" : meaning;
  }

  /** The call that failed, with its arguments. */
  public String call() {
    return call;
  }

  /** The number of the error, 28 for ENOSPC. */
  public int errno() {
    return errno;
  }

  /** The name of the error, {@code ENOSPC} say. */
  public String errnoName() {
    return nameOf(errno);
  }
}
