package org.letargo.hook.change;

import java.io.IOException;
import java.io.OutputStream;
import org.letargo.hook.protocol.HookExchange;

/** What is written goes to the caller as output; waits while the caller is slow. */
public final class CallerOutput extends OutputStream {
  private final HookExchange exchange;

  public CallerOutput(HookExchange exchange) {
    this.exchange = exchange;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    exchange.output(bytes, offset, length);
  }
}
