/**
 * What Linux can do and the JDK cannot: pidfds, SEQPACKET sockets, terminals handed over by runc,
 * mounts with mapped ids, extended attributes, device nodes, holes in files, exact times, durable
 * directories, sd_notify.
 *
 * <p>Every public class is a thin typed wrapper; the raw calls are in {@code Libc}, named as in the
 * man pages. A call that fails throws {@link org.letargo.linux.NativeException} with the call and
 * the errno. Nothing here logs.
 *
 * <p><b>Threads:</b> a call through JNA pins the carrier of a virtual thread, and carriers are as
 * few as cores. Methods whose Javadoc says "blocks" are called from platform threads. All classes
 * here may be used by several threads.
 *
 * <p>64-bit Linux with glibc 2.36 or newer (Debian 12) and kernel 5.12 or newer (id-mapped mounts).
 */
package org.letargo.linux;
