package org.letargo.manager.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Counts what is read through it and shows it, before or beside the operation that it belongs to.
 */
final class ByteProgress extends FilterInputStream {
  private final ProgressDisplay display;
  private final String kind;
  private final String subject;
  private final String phase;
  private final OptionalLong totalBytes;
  private long bytes;

  ByteProgress(
      InputStream in,
      ProgressDisplay display,
      String kind,
      String subject,
      String phase,
      OptionalLong totalBytes) {
    super(in);
    this.display = display;
    this.kind = kind;
    this.subject = subject;
    this.phase = phase;
    this.totalBytes = totalBytes;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int count = in.read(buffer, offset, length);
    bytes += Math.max(count, 0);
    display.accept(
        new OperationView(
            "",
            kind,
            subject,
            "running",
            phase,
            percent(),
            OptionalLong.of(bytes),
            totalBytes,
            CliCommand.object()));
    return count;
  }

  private OptionalInt percent() {
    return totalBytes.isPresent() && totalBytes.getAsLong() > 0
        ? OptionalInt.of((int) Math.min(100, 100 * bytes / totalBytes.getAsLong()))
        : OptionalInt.empty();
  }

  long bytes() {
    return bytes;
  }
}
