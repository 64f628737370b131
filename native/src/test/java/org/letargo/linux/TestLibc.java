package org.letargo.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;

/** Calls that only the peers in tests make. */
interface TestLibc extends Library {
  TestLibc TEST_LIBC = Native.load(null, TestLibc.class);

  NativeLong sendmsg(int fd, Pointer message, int flags) throws LastErrorException;

  int posix_openpt(int flags) throws LastErrorException;

  int grantpt(int fd) throws LastErrorException;

  int unlockpt(int fd) throws LastErrorException;

  String ptsname(int fd) throws LastErrorException;
}
