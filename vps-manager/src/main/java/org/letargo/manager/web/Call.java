package org.letargo.manager.web;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.auth.Token;
import org.letargo.manager.json.ApiJson;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.OperationView;

/**
 * One request to one operation of the API, which is authenticated, allowed and valid. It may be
 * answered on any thread.
 */
public final class Call {
  private final RoutingContext ctx;
  private final Context context;
  private final Executor threads;
  private final Optional<Token> token;

  Call(RoutingContext ctx, Executor threads, Optional<Token> token) {
    this.ctx = ctx;
    this.context = ctx.vertx().getOrCreateContext();
    this.threads = threads;
    this.token = token;
  }

  /** What is done on a virtual thread; what it throws is the answer. */
  @FunctionalInterface
  public interface Task {
    void run() throws Exception;
  }

  /** Does on a virtual thread what may block. */
  public void blocking(Task task) {
    threads.execute(() -> {
      try {
        task.run();
      } catch (Exception | Error e) {
        fail(e);
      }
    });
  }

  /** A part of the path. */
  public String path(String name) {
    return ctx.pathParam(name);
  }

  public Optional<String> query(String name) {
    return ctx.queryParam(name).stream().findFirst();
  }

  /** A number of the query; the contract has checked its form. */
  public int query(String name, int fallback) {
    return query(name).map(Integer::parseInt).orElse(fallback);
  }

  /** The body as a record; an empty one stands for an object without properties. */
  public <T> T body(Class<T> type) {
    Buffer body = ctx.body().buffer();
    return ApiJson.read(body == null || body.length() == 0 ? "{}" : body.toString(), type);
  }

  /** Whose request it is; not for operations that need no token. */
  public Token token() {
    return token.orElseThrow(
        () -> new VpsException(Code.UNAUTHENTICATED, "no token", "none was sent", "Send one."));
  }

  /** The name of whose request it is, for journals. */
  public String by() {
    return token().name().value();
  }

  public void answer(int status, Object body) {
    respond(response ->
        response
            .setStatusCode(status)
            .putHeader("Content-Type", "application/json")
            .end(Buffer.buffer(ApiJson.bytes(body))));
  }

  public void noContent() {
    respond(response -> response.setStatusCode(204).end());
  }

  /** 202, with where the operation is and how it stands. */
  public void accepted(Operation operation) {
    respond(response ->
        response
            .setStatusCode(202)
            .putHeader("Location", "/v1/operations/" + operation.id())
            .putHeader("Content-Type", "application/json")
            .end(Buffer.buffer(ApiJson.bytes(OperationView.of(operation)))));
  }

  /** The failure handler makes an answer of it. */
  public void fail(Throwable failure) {
    context.runOnContext(_ -> ctx.fail(failure));
  }

  private interface Answer {
    void on(HttpServerResponse response);
  }

  private void respond(Answer answer) {
    context.runOnContext(_ -> {
      if (!ctx.response().ended() && !ctx.response().closed()) {
        answer.on(ctx.response());
      }
    });
  }

  /** The request has become a WebSocket; on its event loop. */
  public void upgraded() {
    ctx.<Runnable>get(Api.UPGRADED).run();
  }

  /** What a route needs that this class does not offer. */
  public RoutingContext routing() {
    return ctx;
  }

  /** The event loop of the request. */
  public Context context() {
    return context;
  }

  Executor threads() {
    return threads;
  }
}
