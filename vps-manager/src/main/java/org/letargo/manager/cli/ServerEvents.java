package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Reads a stream of server-sent events ({@code text/event-stream}, HTML standard section 9.2): the
 * fields {@code event} and {@code data}. A thread of its own reads, so that a connection that died
 * without a word is noticed.
 */
final class ServerEvents implements AutoCloseable {
  /** The manager sends a comment every 15 s; so long without a byte and the connection is dead. */
  static final Duration SILENCE = Duration.ofSeconds(60);

  private static final int MAX_LINE = 4 << 20;

  /** What stands in the queue: an event, a sign of life, or the end. */
  private sealed interface Item {}

  /**
   * @param name its type, {@code message} when the stream does not say
   */
  record Event(String name, JsonNode data) implements Item {}

  private record Alive() implements Item {}

  private record End() implements Item {}

  private final InputStream body;
  private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(256);
  private boolean ended;

  /**
   * @param body closed with this
   */
  ServerEvents(InputStream body) {
    this.body = body;
    Thread.ofVirtual().name("letargo-events").start(this::read);
  }

  /**
   * Waits for the next event.
   *
   * @return empty when the stream has ended, broke or fell silent; it can then only be closed
   */
  Optional<Event> next() throws InterruptedException {
    while (!ended) {
      switch (items.poll(SILENCE.toSeconds(), TimeUnit.SECONDS)) {
        case Event event -> {
          return Optional.of(event);
        }
        case Alive _ -> {}
        case End _ -> ended = true;
        case null -> ended = true;
      }
    }
    return Optional.empty();
  }

  private void read() {
    try {
      try (var lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
        String name = "message";
        var data = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.isEmpty()) {
            items.put(
                data.isEmpty() ? new Alive() : new Event(name, Output.parse(data.toString())));
            name = "message";
            data.setLength(0);
          } else if (line.startsWith("event:")) {
            name = value(line);
          } else if (line.startsWith("data:") && data.length() + line.length() < MAX_LINE) {
            data.append(data.isEmpty() ? "" : "\n").append(value(line));
          } else {
            items.put(new Alive());
          }
        }
      } catch (IOException | CliFailure broken) {
        // the reader learns by the end: it asks for the state itself
      }
      items.put(new End());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String value(String line) {
    String value = line.substring(line.indexOf(':') + 1);
    return value.startsWith(" ") ? value.substring(1) : value;
  }

  @Override
  public void close() {
    try {
      body.close();
    } catch (IOException gone) {
      // nothing of it is needed any more
    }
    items.clear(); // frees the reader, if it waits for room
  }
}
