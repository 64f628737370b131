package org.letargo.hook.loan;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;

/** The input of a request whose caller says nothing: who waits for it does not notice a close. */
final class CallersInput extends InputStream {
  private final CountDownLatch never = new CountDownLatch(1);

  @Override
  public int read() throws IOException {
    try {
      never.await();
      return -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for input", e);
    }
  }
}
