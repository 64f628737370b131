package org.letargo.archive.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Cuts a stream into chunks of a file. For one thread. */
final class FileStream extends OutputStream {
  private final FileWriter file;
  private final Buffers buffers;
  private Optional<ByteBuffer> current = Optional.empty();

  FileStream(FileWriter file, Buffers buffers) {
    this.file = file;
    this.buffers = buffers;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    for (int done = 0; done < length; ) {
      if (current.isEmpty()) {
        current = Optional.of(buffers.take());
      }
      ByteBuffer buffer = current.get();
      int n = Math.min(length - done, buffer.remaining());
      buffer.put(bytes, offset + done, n);
      done += n;
      if (!buffer.hasRemaining()) {
        cut();
      }
    }
  }

  private void cut() throws IOException {
    ByteBuffer buffer = current.orElseThrow().flip();
    current = Optional.empty();
    file.end(buffer, () -> buffers.give(buffer));
  }

  @Override
  public void close() throws IOException {
    if (current.isPresent()) {
      cut();
    }
  }
}
