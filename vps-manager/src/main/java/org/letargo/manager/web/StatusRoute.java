package org.letargo.manager.web;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.function.BooleanSupplier;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.auth.Role;

/** What anybody may ask: health, the API's document, and metrics on this host. */
final class StatusRoute {
  /** Schema Health. */
  record Health(String status, String hook) {}

  private final BooleanSupplier hookIsUp;
  private final PrometheusMeterRegistry metrics;
  private final Contract contract;
  private final Authentication authentication;

  StatusRoute(
      BooleanSupplier hookIsUp,
      PrometheusMeterRegistry metrics,
      Contract contract,
      Authentication authentication) {
    this.hookIsUp = hookIsUp;
    this.metrics = metrics;
    this.contract = contract;
    this.authentication = authentication;
  }

  void addTo(Endpoints endpoints) {
    endpoints
        .add("getHealth", this::health)
        .add("getMetrics", this::metrics)
        .add(
            "getOpenApi",
            call ->
                call.routing()
                    .response()
                    .putHeader("Content-Type", "application/yaml")
                    .end(contract.document()));
  }

  private void health(Call call) {
    if (hookIsUp.getAsBoolean()) {
      call.answer(200, new Health("up", "up"));
    } else {
      call.answer(503, new Health("down", "down"));
    }
  }

  private void metrics(Call call) {
    var request = call.routing().request();
    if (!isLoopback(request.remoteAddress()) && !authentication.allows(request, Role.VIEWER)) {
      throw new VpsException(
          Code.UNAUTHENTICATED,
          "the metrics are refused",
          "the request comes from another host and has no token",
          "Send 'Authorization: Bearer TOKEN'.");
    }
    call.blocking(() -> {
      String text = metrics.scrape();
      call.context()
          .runOnContext(_ ->
              call.routing()
                  .response()
                  .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                  .end(text));
    });
  }

  private static boolean isLoopback(SocketAddress address) {
    try {
      return InetAddress.getByName(address.hostAddress()).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
