package org.letargo.hook.loan;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;

/** Two ends of a stream, as two hosts have them, without a host between. */
record Link(LoanStream borrower, LoanStream lender) implements AutoCloseable {
  static Link open() throws IOException {
    Pipe up = Pipe.open();
    Pipe down = Pipe.open();
    return new Link(stream(down, up), stream(up, down));
  }

  private static LoanStream stream(Pipe in, Pipe out) {
    return new LoanStream(
        Channels.newInputStream(in.source()), Channels.newOutputStream(out.sink()));
  }

  @Override
  public void close() {
    try {
      borrower.close();
      lender.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
