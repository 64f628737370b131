package org.letargo.manager.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.spi.metrics.HttpServerMetrics;
import io.vertx.core.spi.metrics.VertxMetrics;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import org.junit.jupiter.api.Test;

/** A connection that was accepted before Vert.x had its metrics is served nevertheless. */
class ForgivingMetricsTest {
  private final VertxMetrics metrics =
      new ForgivingMetrics(
              new MicrometerMetricsFactory(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)))
          .metrics(
              new VertxOptions()
                  .setMetricsOptions(new MicrometerMetricsOptions().setEnabled(true)));

  @SuppressWarnings("unchecked") // the types of metrics are Vert.x's own
  private final HttpServerMetrics<Object, Object, Object> http =
      (HttpServerMetrics<Object, Object, Object>)
          metrics.createHttpServerMetrics(
              new HttpServerOptions(), SocketAddress.inetSocketAddress(80, "127.0.0.1"));

  @Test
  void passesOverAConnectionWithoutAMetric() {
    Object request = http.requestBegin(null, null); // Micrometer's own: NullPointerException

    assertThat(request).isNull();
    http.responseBegin(request, null);
    http.responseEnd(request, null, 5);
    http.bytesRead(null, null, 7);
    http.disconnected(null, null);
  }

  @Test
  void knowsTheOthers() {
    Object connection = http.connected(SocketAddress.inetSocketAddress(1234, "127.0.0.1"), "x");

    assertThat(connection).isNotNull();
    http.bytesRead(connection, SocketAddress.inetSocketAddress(1234, "127.0.0.1"), 7);
    http.disconnected(connection, SocketAddress.inetSocketAddress(1234, "127.0.0.1"));
  }
}
