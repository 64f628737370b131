package org.letargo.manager.web;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.json.ApiJson;
import org.letargo.manager.json.ErrorBody;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The only place where an exception becomes an answer. */
final class Failures implements Handler<RoutingContext> {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  /** For what never reaches a route of ours. */
  static void mount(Router router) {
    router
        .errorHandler(
            404,
            ctx ->
                answer(
                    ctx,
                    404,
                    new VpsException(
                        Code.NOT_FOUND,
                        "there is nothing at " + VpsException.quoted(ctx.request().path()),
                        "the API has no such path",
                        "See /openapi.yaml.")))
        .errorHandler(
            405,
            ctx ->
                answer(
                    ctx,
                    405,
                    VpsException.invalid(
                        "method " + ctx.request().method(),
                        "this path does not have it",
                        "See /openapi.yaml.")));
  }

  @Override
  public void handle(RoutingContext ctx) {
    if (ctx.failure() instanceof VpsException refused) {
      if (refused.code() == Code.INTERNAL) {
        LOG.error("{} {} failed", ctx.request().method(), ctx.request().path(), refused);
      }
      answer(ctx, Statuses.of(refused.code()), refused);
      return;
    }
    if (ctx.statusCode() == 413) {
      answer(ctx, 413, VpsException.invalid("request", "its body is too long", "Send less."));
      return;
    }
    if (ctx.failure() == null && ctx.statusCode() >= 400 && ctx.statusCode() < 500) {
      answer(
          ctx,
          ctx.statusCode(),
          VpsException.invalid("request", "it is malformed", "See /openapi.yaml."));
      return;
    }
    LOG.error("{} {} failed", ctx.request().method(), ctx.request().path(), ctx.failure());
    VpsException fault =
        new VpsException(
            Code.INTERNAL,
            "the request failed",
            "the manager has a fault",
            "Please report it with the log.",
            ctx.failure());
    answer(ctx, 500, fault);
  }

  private static void answer(RoutingContext ctx, int status, VpsException e) {
    HttpServerResponse response = ctx.response();
    if (response.ended() || response.closed()) {
      return;
    }
    if (response.headWritten()) {
      response.reset();
      return;
    }
    response
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .end(io.vertx.core.buffer.Buffer.buffer(ApiJson.bytes(ErrorBody.of(e))));
  }
}
