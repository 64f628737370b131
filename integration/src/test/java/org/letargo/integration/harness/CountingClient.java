package org.letargo.integration.harness;

import java.io.IOException;
import java.time.Duration;
import org.awaitility.Awaitility;

/**
 * A client that keeps one TCP connection to the redis of a VPS and counts, one step at a time, as
 * fast as it is answered: each answer must be one more than the last. Closing it ends the count.
 */
public final class CountingClient implements AutoCloseable {
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

  private final RedisConnection redis;
  private final Thread thread;
  private volatile long counted;
  private volatile boolean ending;
  private volatile String failure = "";

  /** Begins to count. */
  public CountingClient(Vps vps) throws IOException {
    redis = new RedisConnection(vps.address());
    redis.ask("DEL counted");
    thread = Thread.ofPlatform().name("counting").start(this::count);
  }

  private void count() {
    try {
      while (!ending) {
        long answer = redis.increment("counted");
        if (answer != counted + 1) {
          failure = "after " + counted + " came " + answer;
          return;
        }
        counted = answer;
      }
    } catch (IOException e) {
      failure = "after " + counted + " steps: " + e;
    }
  }

  /** Waits until it has counted further than now; fails if a step was lost, doubled or refused. */
  public void expectToGoOn() {
    long before = counted;
    Awaitility.await("the count to go on after " + before)
        .pollInterval(Duration.ofMillis(20))
        .atMost(LONGEST_SILENCE)
        .until(() -> {
          requireNoFailure();
          return counted > before + 10;
        });
  }

  /** How many steps were answered. */
  public long counted() {
    return counted;
  }

  private void requireNoFailure() {
    if (!failure.isEmpty()) {
      throw new AssertionError("the count broke " + failure);
    }
  }

  /** Ends after the current step; fails if a step was lost, doubled or refused. */
  public void finish() {
    ending = true;
    try {
      if (!thread.join(LONGEST_SILENCE)) {
        throw new AssertionError("the last step is not answered");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
    requireNoFailure();
  }

  @Override
  public void close() throws IOException {
    ending = true;
    redis.close();
  }
}
