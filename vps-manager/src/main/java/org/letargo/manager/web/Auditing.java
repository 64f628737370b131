package org.letargo.manager.web;

import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.audit.AuditEntry;
import org.letargo.manager.audit.AuditLog;
import org.letargo.manager.auth.Token;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes every request that changes something, looks into a VPS or is refused for want of rights,
 * when it is answered.
 */
final class Auditing {
  private static final Logger LOG = LoggerFactory.getLogger(Auditing.class);
  private static final String OPERATION_HEADER = "Letargo-Operation";
  private static final int UPGRADED = 101;
  private static final Set<String> ARCHIVES = Set.of("exportVps", "exportCheckpoint");
  private static final String OPERATIONS = "/v1/operations/";

  private final AuditLog log;
  private final Clock clock;
  private final Executor threads;

  Auditing(AuditLog log, Clock clock, Executor threads) {
    this.log = log;
    this.clock = clock;
    this.threads = threads;
  }

  /**
   * Notes the request at its end, if it is one of those. A request that becomes a WebSocket has no
   * end as a request: the route says when it has.
   */
  void watch(RoutingContext ctx, Contract.Operation operation) {
    Runnable upgraded =
        () -> note(ctx, operation, Optional.ofNullable(ctx.get(Api.TOKEN)), UPGRADED);
    ctx.put(Api.UPGRADED, upgraded);
    boolean looksInside =
        operation.body() == Contract.Body.WEB_SOCKET || ARCHIVES.contains(operation.id());
    ctx.addEndHandler(_ -> {
      int status = ctx.response().getStatusCode();
      boolean refused = status == 401 || status == 403;
      if (operation.isUnsafe() || looksInside || refused) {
        Optional<Token> token = Optional.ofNullable(ctx.get(Api.TOKEN));
        note(ctx, operation, token, status);
      }
    });
  }

  private void note(
      RoutingContext ctx, Contract.Operation operation, Optional<Token> token, int status) {
    AuditEntry entry =
        new AuditEntry(
            clock.instant(),
            token.map(known -> known.name().value()).orElse("-"),
            operation.id(),
            ctx.request().path(),
            ctx.request().remoteAddress().hostAddress(),
            status,
            operationOf(ctx),
            Optional.empty());
    threads.execute(() -> {
      try {
        log.add(entry);
      } catch (VpsException e) {
        LOG.error("an entry is missing in the audit: {}", entry, e);
      }
    });
  }

  private static Optional<String> operationOf(RoutingContext ctx) {
    return Optional.ofNullable(ctx.response().headers().get(OPERATION_HEADER))
        .or(() ->
            Optional.ofNullable(ctx.response().headers().get("Location"))
                .filter(location -> location.startsWith(OPERATIONS))
                .map(location -> location.substring(OPERATIONS.length())));
  }
}
