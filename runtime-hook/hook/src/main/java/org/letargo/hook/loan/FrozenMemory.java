package org.letargo.hook.loan;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.letargo.hook.pages.PageObject;
import org.letargo.hook.pages.PageSource;

/**
 * The memory of processes that stand still, read where it is: /proc/PID/mem (proc(5)), which shows
 * also what a process may not read itself, and what was swapped out. Nothing is copied before, and
 * nothing is lost by reading. What a process that has ended had is not there any more; a pid that
 * was given to another process in between is not met, as the file belongs to the memory that it was
 * opened for.
 */
public final class FrozenMemory implements PageSource, Closeable {
  private final Map<Long, FileChannel> memories = new HashMap<>();

  private FrozenMemory() {}

  /**
   * Opens the memory of processes.
   *
   * @param hostPids by the pids that the VPS counts
   * @throws IOException if one has ended
   */
  public static FrozenMemory open(Map<Long, Long> hostPids) throws IOException {
    FrozenMemory opened = new FrozenMemory();
    try {
      for (Map.Entry<Long, Long> pid : hostPids.entrySet()) {
        opened.memories.put(
            pid.getKey(),
            FileChannel.open(Path.of("/proc/" + pid.getValue() + "/mem"), StandardOpenOption.READ));
      }
      return opened;
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  @Override
  public void read(PageObject object, long address, ByteBuffer into) throws IOException {
    FileChannel memory = memories.get(object.number());
    if (memory == null || !object.equals(PageObject.process(object.number()))) {
      throw new IOException("there is no process " + object.number());
    }
    long at = address;
    while (into.hasRemaining()) {
      int count = memory.read(into, at);
      if (count <= 0) {
        throw new IOException(
            "process %d has no memory at %x any more".formatted(object.number(), at));
      }
      at += count;
    }
  }

  @Override
  public void close() throws IOException {
    for (FileChannel memory : memories.values()) {
      memory.close();
    }
  }
}
