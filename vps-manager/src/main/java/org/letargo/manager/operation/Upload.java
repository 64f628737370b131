package org.letargo.manager.operation;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.HookStream;
import org.letargo.hook.protocol.HookStream.Item;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.ProgressListener;
import org.letargo.hook.protocol.VpsException;

/**
 * Bytes that somebody sends and the hook takes, as fast as the slower of the two; nothing is kept.
 * One thread sends, another waits in {@link #awaitTaken}. The source stays open.
 */
public final class Upload {
  private static final int BLOCK_BYTES = 64 << 10;

  private final InputStream source;
  private final CountDownLatch decided = new CountDownLatch(1);
  private volatile boolean allSent;
  private volatile Optional<IOException> sourceFailure = Optional.empty();

  public Upload(InputStream source) {
    this.source = source;
  }

  /**
   * Waits until the hook has all bytes, or wants no more because the operation has ended.
   *
   * @return whether it has all
   */
  public boolean awaitTaken() throws InterruptedException {
    decided.await();
    return allSent;
  }

  /** The operation has ended, however: nobody waits any longer. */
  public void end() {
    decided.countDown();
  }

  /** Takes what the hook says while it is given bytes; waits while the taker is slow. */
  @FunctionalInterface
  public interface Answers {
    /**
     * @throws IOException if the taker is gone
     */
    void take(byte[] bytes) throws IOException;
  }

  /**
   * Asks for the change, sends the bytes as its input and waits for its end.
   *
   * @return the answer; empty if the hook died after it had all bytes and the change succeeded
   *     nevertheless
   * @throws VpsException how it failed; CANCELLED if the source broke off
   */
  public <R> Optional<R> send(
      HookCalls hook, HookRequest.Change<R> change, ProgressListener progress) {
    return send(hook, change, progress, _ -> {});
  }

  /** The same for a change that answers while it reads. */
  public <R> Optional<R> send(
      HookCalls hook, HookRequest.Change<R> change, ProgressListener progress, Answers answers) {
    try (HookStream<R> stream = hook.client().open(change)) {
      Thread pump = Thread.ofVirtual().name("upload").start(() -> pump(stream));
      try {
        return Optional.of(await(stream, progress, answers));
      } catch (VpsException e) {
        if (e.code() != Code.HOOK_UNREACHABLE) {
          throw e;
        }
        return outcome(hook, change, progress);
      } finally {
        pump.interrupt();
      }
    }
  }

  private <R> R await(HookStream<R> stream, ProgressListener progress, Answers answers) {
    while (true) {
      switch (stream.next()) {
        case Item.Progressed<R>(Progress reached) -> progress.on(reached);
        case Item.Finished<R>(R reply) -> {
          return reply;
        }
        case Item.Output<R>(byte[] bytes) -> {
          try {
            answers.take(bytes);
          } catch (IOException e) {
            sourceFailure = Optional.of(e);
            stream.close(); // hangs up: the hook rolls back, and the next turn says so
          }
        }
        case Item.ErrorOutput<R> _, Item.Event<R> _ -> {}
      }
    }
  }

  private void pump(HookStream<?> stream) {
    byte[] block = new byte[BLOCK_BYTES];
    OutputStream input = stream.input();
    while (true) {
      int count;
      try {
        count = source.read(block);
      } catch (IOException e) {
        sourceFailure = Optional.of(e);
        stream.close(); // hangs up: the hook rolls back
        return;
      }
      try {
        if (count < 0) {
          input.close();
          allSent = true;
          decided.countDown();
          return;
        }
        input.write(block, 0, count);
      } catch (IOException e) {
        return; // the hook takes no more; its answer says why
      }
    }
  }

  /** The connection to the hook is gone: waits until the hook has finished or rolled back. */
  private <R> Optional<R> outcome(
      HookCalls hook, HookRequest.Change<R> change, ProgressListener progress) {
    if (sourceFailure.isEmpty()) {
      hook.follow(change.operation(), progress);
      return Optional.empty();
    }
    IOException why = sourceFailure.get();
    try {
      hook.follow(change.operation(), progress);
    } catch (VpsException rolledBack) {
      why.addSuppressed(rolledBack);
    }
    throw new VpsException(
        Code.CANCELLED,
        "the upload broke off",
        String.valueOf(why.getMessage()),
        "Nothing of it is kept; send it again.",
        why);
  }
}
