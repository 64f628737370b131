package org.letargo.archive.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/** Writes blocks, small pieces gathered; into a file the kernel moves large content. */
final class TarOutput {
  private static final int END_BYTES = 2 * TarBlocks.BLOCK;
  private static final int SMALL_BYTES = 64 << 10;

  private final WritableByteChannel out;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);

  TarOutput(WritableByteChannel out) {
    this.out = out;
  }

  void write(byte[] bytes) throws IOException {
    for (int done = 0; done < bytes.length; ) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int n = Math.min(buffer.remaining(), bytes.length - done);
      buffer.put(bytes, done, n);
      done += n;
    }
  }

  /** Copies a range of a file; returns how much of it there was. */
  long copy(FileChannel file, long offset, long lengthBytes) throws IOException {
    if (lengthBytes <= SMALL_BYTES) {
      return copySmall(file, offset, (int) lengthBytes);
    }
    flush();
    long done = 0;
    while (done < lengthBytes) {
      long n = file.transferTo(offset + done, lengthBytes - done, out);
      if (n <= 0) {
        return done; // the file has become shorter
      }
      done += n;
    }
    return done;
  }

  private long copySmall(FileChannel file, long offset, int length) throws IOException {
    if (buffer.remaining() < length) {
      flush();
    }
    int limit = buffer.limit();
    int start = buffer.position();
    buffer.limit(start + length);
    while (buffer.hasRemaining() && file.read(buffer, offset + buffer.position() - start) > 0) {
      // until the range is read or the file ends
    }
    buffer.limit(limit);
    return buffer.position() - start;
  }

  void pad(long contentBytes) throws IOException {
    write(new byte[TarBlocks.paddingBytes(contentBytes)]);
  }

  void finish() throws IOException {
    write(new byte[END_BYTES]);
    flush();
  }

  private void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
    buffer.clear();
  }
}
