package org.letargo.manager.cli.testing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The streams of server-sent events. */
public final class FakeStreams {
  private static final long LOOK_MILLIS = 30;

  private final FakeHost host;
  private final AtomicInteger cuts = new AtomicInteger();
  private final AtomicInteger opened = new AtomicInteger();
  private final List<HttpServerRequest> open = new CopyOnWriteArrayList<>();

  FakeStreams(FakeHost host) {
    this.host = host;
  }

  /** The next streams, so many, break after their first event. */
  public void cutNext(int streams) {
    cuts.set(streams);
  }

  /** Breaks every stream that is open. */
  public void cutAll() {
    open.forEach(request -> request.connection().close());
  }

  /** How many streams there have been. */
  public int opened() {
    return opened.get();
  }

  /** How many streams are open. */
  public int open() {
    return open.size();
  }

  /** An operation that nobody holds goes on by itself. */
  void watch(Vertx vertx, String id) {
    vertx.setTimer(LOOK_MILLIS, _ -> host.look(id));
  }

  void operation(HttpServerRequest request, String id) {
    var stream = start(request);
    if (cuts.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      stream.send("operation", host.operation(id), false);
      Vertx.currentContext().runOnContext(_ -> request.connection().close());
      return;
    }
    FakeHost.Listener listener =
        (event, data) -> {
          if (event.equals("operation") && data.path("id").asText().equals(id)) {
            stream.send(event, data, !data.path("state").asText().equals("running"));
          }
        };
    host.listen(listener);
    request.response().closeHandler(_ -> host.unlisten(listener));
    ObjectNode now = host.operation(id);
    stream.send("operation", now, !now.path("state").asText().equals("running"));
  }

  void all(HttpServerRequest request) {
    var stream = start(request);
    host.vpses().forEach(vps -> stream.send("vps", vps, false));
    FakeHost.Listener listener = (event, data) -> stream.send(event, data, false);
    host.listen(listener);
    open.add(request);
    request
        .response()
        .closeHandler(_ -> {
          host.unlisten(listener);
          open.remove(request);
        });
  }

  private Stream start(HttpServerRequest request) {
    opened.incrementAndGet();
    HttpServerResponse response = request.response();
    response.putHeader("Content-Type", "text/event-stream").setChunked(true);
    response.write(": hello\n\n");
    return new Stream(Vertx.currentContext(), response);
  }

  /** Writes on the connection's own thread, in order. */
  private record Stream(Context context, HttpServerResponse response) {
    void send(String event, ObjectNode data, boolean last) {
      context.runOnContext(_ -> {
        if (response.ended() || response.closed()) {
          return;
        }
        response.write("event: " + event + "\ndata: " + data + "\n\n");
        if (last) {
          response.end();
        }
      });
    }
  }
}
