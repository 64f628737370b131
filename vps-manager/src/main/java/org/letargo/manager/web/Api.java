package org.letargo.manager.web;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.InputTrustHandler;
import io.vertx.ext.web.handler.PlatformHandler;
import io.vertx.ext.web.handler.SecurityPolicyHandler;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.letargo.manager.auth.Token;

/**
 * Mounts all operations of the contract, the handlers of each in rank order: audit, authentication,
 * body, validation, endpoint; then the console's files, then failures. Vert.x knows these ranks by
 * the types of the handlers and refuses another order.
 */
final class Api {
  /** The longest JSON body, in bytes; streams have no limit. */
  static final long MAX_JSON_BODY_BYTES = 64 << 10;

  /** Where a routing context keeps the token. */
  static final String TOKEN = "token";

  /** Where it keeps what is to be run when it has become a WebSocket. */
  static final String UPGRADED = "upgraded";

  private final Contract contract;
  private final Endpoints endpoints;
  private final Authentication authentication;
  private final Auditing auditing;
  private final Executor threads;

  Api(
      Contract contract,
      Endpoints endpoints,
      Authentication authentication,
      Auditing auditing,
      Executor threads) {
    this.contract = contract;
    this.endpoints = endpoints;
    this.authentication = authentication;
    this.auditing = auditing;
    this.threads = threads;
  }

  /**
   * @throws IllegalStateException if an operation has no endpoint, or an endpoint no operation
   */
  Router router(Vertx vertx) {
    Router router = Router.router(vertx);
    router.route().handler(new SecurityHeaders());
    BodyHandler body = BodyHandler.create(false).setBodyLimit(MAX_JSON_BODY_BYTES);
    Set<String> unmounted = new HashSet<>(endpoints.operationIds());
    for (Contract.Operation operation : contract.operations()) {
      mount(router, operation, body);
      unmounted.remove(operation.id());
    }
    if (!unmounted.isEmpty()) {
      throw new IllegalStateException("the contract does not have " + unmounted);
    }
    router.get().handler(new ConsoleFiles(threads));
    router.route().failureHandler(new Failures());
    Failures.mount(router);
    return router;
  }

  private void mount(Router router, Contract.Operation operation, BodyHandler body) {
    String path = operation.path().replaceAll("\\{([a-z]+)}", ":$1");
    Route route = router.route(operation.method(), path);
    route.handler(audited(operation));
    route.handler(authenticated(operation));
    switch (operation.body()) {
      case NONE, JSON -> route.handler(body);
      case STREAM, WEB_SOCKET -> route.handler((SecurityPolicyHandler) Api::pause);
    }
    route.handler(validated(operation));
    var endpoint = endpoints.get(operation.id());
    route.handler(
        ctx -> endpoint.accept(new Call(ctx, threads, Optional.ofNullable(ctx.get(TOKEN)))));
  }

  private PlatformHandler audited(Contract.Operation operation) {
    return ctx -> {
      auditing.watch(ctx, operation);
      ctx.next();
    };
  }

  private SecurityPolicyHandler authenticated(Contract.Operation operation) {
    return ctx -> {
      Optional<Token> token = authentication.check(ctx, operation);
      token.ifPresent(known -> ctx.put(TOKEN, known));
      ctx.next();
    };
  }

  /**
   * Nothing is read before somebody wants it; an upgrade is not possible after its end was read.
   */
  private static void pause(RoutingContext ctx) {
    ctx.request().pause();
    ctx.next();
  }

  private InputTrustHandler validated(Contract.Operation operation) {
    return ctx -> {
      Buffer body = operation.body() == Contract.Body.JSON ? ctx.body().buffer() : null;
      contract
          .validate(ctx.request(), operation.id(), body == null ? Buffer.buffer() : body)
          .onSuccess(_ -> ctx.next())
          .onFailure(ctx::fail);
    };
  }
}
