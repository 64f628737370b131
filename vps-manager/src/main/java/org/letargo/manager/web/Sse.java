package org.letargo.manager.web;

import io.vertx.core.Context;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.letargo.manager.json.ApiJson;

/**
 * Server-sent events to one client. What is offered under the same key before it was sent replaces
 * what was offered before, so a slow client costs as much memory as there are keys. Sends at most
 * ten times a second. Offers come from any thread; all else is on the event loop.
 */
public final class Sse {
  /** The pause between two rounds of events. */
  private static final long ROUND_MILLIS = 100;

  /** How often a comment keeps the connection alive. */
  private static final long COMMENT_MILLIS = 15_000;

  /** An event; its data becomes JSON. */
  public record Event(String name, Object data) {}

  private final Context context;
  private final HttpServerResponse response;
  private final Runnable atEnd;
  private final long commentTimer;

  /** Guarded by this: what is to be sent, and whether a round is on its way. */
  private final Map<String, Supplier<Event>> pending = new LinkedHashMap<>();

  private boolean scheduled;

  /** On the event loop only: the timer of the pause between two rounds. */
  private OptionalLong pause = OptionalLong.empty();

  /** On the event loop only. */
  private boolean last;

  private boolean ended;

  /**
   * Begins the answer; on the event loop.
   *
   * @param atEnd run once, when the client is gone or the stream has ended
   */
  public Sse(Call call, Runnable atEnd) {
    this.context = call.context();
    this.response = call.routing().response();
    this.atEnd = atEnd;
    response
        .setChunked(true)
        .putHeader("Content-Type", "text/event-stream")
        .putHeader("X-Accel-Buffering", "no");
    response.closeHandler(_ -> end());
    response.exceptionHandler(_ -> end());
    response.write(": letargo\n\n");
    commentTimer =
        context
            .owner()
            .setPeriodic(
                COMMENT_MILLIS,
                _ -> {
                  if (!response.writeQueueFull()) {
                    response.write(": still here\n\n");
                  }
                });
  }

  /**
   * Ends at once if the client was gone before the answer began; call it when all else is set up.
   */
  public void endIfGone() {
    if (response.closed()) {
      end();
    }
  }

  /** Ends the stream now, whatever is still to be sent: the client has lost its right to it. */
  public void cut() {
    context.runOnContext(_ -> {
      if (!ended) {
        if (response.writeQueueFull()) {
          response.reset();
        } else {
          response.end();
        }
        end();
      }
    });
  }

  /** Sends this event soon; it is made when it is sent. */
  public void offer(String key, Supplier<Event> event) {
    synchronized (this) {
      pending.put(key, event);
      if (scheduled) {
        return;
      }
      scheduled = true;
    }
    context.runOnContext(_ -> round());
  }

  /**
   * Ends the stream when all has been sent. The last event does not wait for the pause to be over:
   * somebody is waiting for it.
   */
  public void finish() {
    context.runOnContext(_ -> {
      last = true;
      boolean pausing = endPause();
      synchronized (this) {
        if (scheduled && !pausing) {
          return; // a round is on its way
        }
        scheduled = true;
      }
      round();
    });
  }

  private void round() {
    if (ended) {
      return;
    }
    if (response.writeQueueFull()) {
      response.drainHandler(_ -> round());
      return;
    }
    List<Supplier<Event>> now;
    synchronized (this) {
      now = new ArrayList<>(pending.values());
      pending.clear();
    }
    for (Supplier<Event> event : now) {
      Event made = event.get();
      response.write("event: " + made.name() + "\ndata: " + ApiJson.text(made.data()) + "\n\n");
    }
    if (last) {
      response.end();
      end();
      return;
    }
    pause = OptionalLong.of(context.owner().setTimer(ROUND_MILLIS, _ -> nextRound()));
  }

  /** Whether there was one. */
  private boolean endPause() {
    boolean pausing = pause.isPresent();
    pause.ifPresent(context.owner()::cancelTimer);
    pause = OptionalLong.empty();
    return pausing;
  }

  private void nextRound() {
    pause = OptionalLong.empty();
    synchronized (this) {
      if (pending.isEmpty() && !last) {
        scheduled = false;
        return;
      }
    }
    round();
  }

  private void end() {
    if (!ended) {
      ended = true;
      context.owner().cancelTimer(commentTimer);
      endPause();
      atEnd.run();
    }
  }
}
