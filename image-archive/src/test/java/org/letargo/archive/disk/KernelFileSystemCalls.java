package org.letargo.archive.disk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kernel itself, through the JDK's foreign functions; for tests that run as root. */
@SuppressWarnings("restricted")
final class KernelFileSystemCalls implements FileSystemCalls {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final int O_RDONLY_NOFOLLOW_CLOEXEC = 0400000 | 02000000;
  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final long UTIME_OMIT = (1L << 30) - 2;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int ENXIO = 6;
  private static final int ENOTSUP = 95;

  private static final MethodHandle LISTXATTR = call("llistxattr", ADDRESS, ADDRESS, JAVA_LONG);
  private static final MethodHandle GETXATTR =
      call("lgetxattr", ADDRESS, ADDRESS, ADDRESS, JAVA_LONG);
  private static final MethodHandle SETXATTR =
      call("lsetxattr", ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle MKNOD = call("mknod", ADDRESS, JAVA_INT, JAVA_LONG);
  private static final MethodHandle SYMLINK = call("symlink", ADDRESS, ADDRESS);
  private static final MethodHandle READLINK = call("readlink", ADDRESS, ADDRESS, JAVA_LONG);
  private static final MethodHandle UTIMENSAT =
      call("utimensat", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
  private static final MethodHandle TRUNCATE = call("truncate", ADDRESS, JAVA_LONG);
  private static final MethodHandle OPEN = call("open", ADDRESS, JAVA_INT);
  private static final MethodHandle LSEEK = call("lseek", JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle SYNCFS = call("syncfs", JAVA_INT);
  private static final MethodHandle CLOSE = call("close", JAVA_INT);

  private static MethodHandle call(String name, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().find(name).orElseThrow(),
        FunctionDescriptor.of(JAVA_LONG, arguments),
        Linker.Option.captureCallState("errno"));
  }

  private static final class Failed extends IOException {
    private static final long serialVersionUID = 1L;
    private final int errno;

    Failed(String what, int errno) {
      super(what + ": errno " + errno);
      this.errno = errno;
    }
  }

  private static long run(String what, MethodHandle call, Arena arena, Object... arguments)
      throws IOException {
    MemorySegment state = arena.allocate(STATE);
    Object[] all = new Object[arguments.length + 1];
    all[0] = state;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    long result;
    try {
      result = (long) call.invokeWithArguments(all);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    if (result == -1 || (int) result == -1) { // most of them return an int
      throw new Failed(what, state.get(JAVA_INT, 0));
    }
    return result;
  }

  private static MemorySegment path(Arena arena, Path path) {
    return string(arena, RawPaths.bytes(path));
  }

  private static MemorySegment raw(Arena arena, String raw) {
    return string(arena, raw.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static MemorySegment string(Arena arena, byte[] bytes) {
    return arena.allocateFrom(ValueLayout.JAVA_BYTE, Arrays.copyOf(bytes, bytes.length + 1));
  }

  @Override
  public void extend(Path file, long sizeBytes) throws IOException {
    try (var arena = Arena.ofConfined()) {
      run("truncate(" + file + ")", TRUNCATE, arena, path(arena, file), sizeBytes);
    }
  }

  @Override
  public void changeModifiedTime(Path path, long seconds, int nanos) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var times = arena.allocateFrom(JAVA_LONG, 0L, UTIME_OMIT, seconds, (long) nanos);
      run(
          "utimensat(" + path + ")",
          UTIMENSAT,
          arena,
          AT_FDCWD,
          path(arena, path),
          times,
          AT_SYMLINK_NOFOLLOW);
    }
  }

  @Override
  public List<String> listXattrs(Path path) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var names = arena.allocate(65_536);
      long length =
          run("llistxattr(" + path + ")", LISTXATTR, arena, path(arena, path), names, 65_536L);
      String all = string(names, length);
      return all.isEmpty() ? List.of() : List.of(all.split("\0"));
    } catch (Failed e) {
      if (e.errno == ENOTSUP) {
        return List.of();
      }
      throw e;
    }
  }

  @Override
  public byte[] getXattr(Path path, String rawName) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var value = arena.allocate(65_536);
      long length =
          run(
              "lgetxattr(" + path + ", " + rawName + ")",
              GETXATTR,
              arena,
              path(arena, path),
              raw(arena, rawName),
              value,
              65_536L);
      return string(value, length).getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  @Override
  public void setXattr(Path path, String rawName, byte[] value) throws IOException {
    try (var arena = Arena.ofConfined()) {
      run(
          "lsetxattr(" + path + ", " + rawName + ")",
          SETXATTR,
          arena,
          path(arena, path),
          raw(arena, rawName),
          string(arena, value),
          (long) value.length,
          0);
    }
  }

  @Override
  public void makeNode(Path path, FileStatus.Type type, int mode, int major, int minor)
      throws IOException {
    try (var arena = Arena.ofConfined()) {
      long device = (long) major << 8 | minor; // enough for the numbers of these tests
      run("mknod(" + path + ")", MKNOD, arena, path(arena, path), type.bits() | mode, device);
    }
  }

  @Override
  public void makeSymlink(Path link, String rawTarget) throws IOException {
    try (var arena = Arena.ofConfined()) {
      run("symlink(" + link + ")", SYMLINK, arena, raw(arena, rawTarget), path(arena, link));
    }
  }

  @Override
  public String readSymlink(Path link) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var target = arena.allocate(4096);
      return string(
          target, run("readlink(" + link + ")", READLINK, arena, path(arena, link), target, 4096L));
    }
  }

  @Override
  public void dataRanges(Path file, RangeVisitor visitor) throws IOException {
    try (var arena = Arena.ofConfined()) {
      int fd =
          (int)
              run("open(" + file + ")", OPEN, arena, path(arena, file), O_RDONLY_NOFOLLOW_CLOEXEC);
      try {
        for (long end = 0; ; ) {
          long start = run("lseek(" + file + ")", LSEEK, arena, fd, end, SEEK_DATA);
          end = run("lseek(" + file + ")", LSEEK, arena, fd, start, SEEK_HOLE);
          visitor.range(start, end - start);
        }
      } catch (Failed e) {
        if (e.errno != ENXIO) { // ENXIO: no data behind this
          throw e;
        }
      } finally {
        run("close", CLOSE, arena, fd);
      }
    }
  }

  @Override
  public Optional<PinnedFile> pin(Path root, String rawPath) throws IOException {
    return org.letargo.archive.disk.testing.PathPin.of(this, RawPaths.resolveAll(root, rawPath));
  }

  @Override
  public void syncFileSystem(Path directory) throws IOException {
    try (var arena = Arena.ofConfined()) {
      int fd =
          (int)
              run(
                  "open(" + directory + ")",
                  OPEN,
                  arena,
                  path(arena, directory),
                  O_RDONLY_NOFOLLOW_CLOEXEC);
      try {
        run("syncfs(" + directory + ")", SYNCFS, arena, fd);
      } finally {
        run("close", CLOSE, arena, fd);
      }
    }
  }

  private static String string(MemorySegment bytes, long length) {
    byte[] copy = bytes.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    return new String(copy, StandardCharsets.ISO_8859_1);
  }

  /** Whether this process may make device nodes and set every attribute. */
  static boolean isUsable() {
    return "root".equals(System.getProperty("user.name"));
  }
}
