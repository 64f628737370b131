package org.letargo.hook.rootfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.letargo.archive.disk.FileStatus;
import org.letargo.archive.disk.FileSystemCalls;
import org.letargo.linux.Extents;
import org.letargo.linux.Fsync;
import org.letargo.linux.Links;
import org.letargo.linux.NativeException;
import org.letargo.linux.Nodes;
import org.letargo.linux.Times;
import org.letargo.linux.Xattrs;

/** What the archive asks of the kernel, by the native module. */
final class LinuxFileSystemCalls implements FileSystemCalls {
  private static final int EOPNOTSUPP = 95;

  private interface Call<T> {
    T make();
  }

  private static <T> T call(Call<T> call) throws IOException {
    try {
      return call.make();
    } catch (NativeException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static void run(Runnable call) throws IOException {
    call(() -> {
      call.run();
      return null;
    });
  }

  @Override
  public void extend(Path file, long sizeBytes) throws IOException {
    run(() -> Extents.resize(file, sizeBytes));
  }

  @Override
  public void changeModifiedTime(Path path, long seconds, int nanos) throws IOException {
    run(() -> Times.setModified(path, Instant.ofEpochSecond(seconds, nanos)));
  }

  @Override
  public List<String> listXattrs(Path path) throws IOException {
    List<String> raw = new ArrayList<>();
    try {
      for (String name : Xattrs.list(path)) {
        if (name.indexOf('\uFFFD') >= 0) {
          throw new IOException(
              "llistxattr(" + path + "): the name of attribute " + name + " is not UTF-8");
        }
        raw.add(new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
      }
    } catch (NativeException e) {
      if (e.errno() != EOPNOTSUPP) {
        throw new IOException(e.getMessage(), e);
      }
    }
    return raw;
  }

  @Override
  public byte[] getXattr(Path path, String rawName) throws IOException {
    return call(() -> Xattrs.get(path, utf8(rawName)))
        .orElseThrow(() -> new IOException("lgetxattr(" + path + ", " + rawName + "): ENODATA"));
  }

  @Override
  public void setXattr(Path path, String rawName, byte[] value) throws IOException {
    run(() -> Xattrs.set(path, utf8(rawName), value));
  }

  private static String utf8(String raw) {
    return new String(raw.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  @Override
  public void makeNode(Path path, FileStatus.Type type, int mode, int major, int minor)
      throws IOException {
    run(() -> {
      switch (type) {
        case FIFO -> Nodes.fifo(path, mode);
        case CHARACTER_DEVICE -> Nodes.characterDevice(path, mode, major, minor);
        case BLOCK_DEVICE -> Nodes.blockDevice(path, mode, major, minor);
        default -> throw new IllegalArgumentException("not a node: " + type);
      }
    });
  }

  @Override
  public void makeSymlink(Path link, String rawTarget) throws IOException {
    run(() -> Links.make(link, rawTarget.getBytes(StandardCharsets.ISO_8859_1)));
  }

  @Override
  public String readSymlink(Path link) throws IOException {
    return new String(call(() -> Links.target(link)), StandardCharsets.ISO_8859_1);
  }

  @Override
  public void dataRanges(Path file, RangeVisitor visitor) throws IOException {
    for (Extents.Extent extent : call(() -> Extents.dataOf(file))) {
      visitor.range(extent.offsetBytes(), extent.lengthBytes());
    }
  }

  @Override
  public void syncFileSystem(Path directory) throws IOException {
    run(() -> Fsync.fileSystem(directory));
  }
}
