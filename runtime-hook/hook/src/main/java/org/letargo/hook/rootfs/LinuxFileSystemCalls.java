package org.letargo.hook.rootfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
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
public final class LinuxFileSystemCalls implements FileSystemCalls {
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
    try {
      return Xattrs.list(path);
    } catch (NativeException e) {
      if (e.errno() == EOPNOTSUPP) {
        return List.of();
      }
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public byte[] getXattr(Path path, String rawName) throws IOException {
    return call(() -> Xattrs.get(path, rawName))
        .orElseThrow(() -> new IOException("lgetxattr(" + path + ", " + rawName + "): ENODATA"));
  }

  @Override
  public void setXattr(Path path, String rawName, byte[] value) throws IOException {
    run(() -> Xattrs.set(path, rawName, value));
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
