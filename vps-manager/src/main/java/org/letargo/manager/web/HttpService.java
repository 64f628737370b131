package org.letargo.manager.web;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.time.Clock;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.audit.AuditLog;
import org.letargo.manager.auth.Tokens;
import org.letargo.manager.config.ManagerConfig;
import org.letargo.manager.config.Tls;

/** The HTTP server with all its routes, and the event loops below it. */
public final class HttpService implements AutoCloseable {
  private static final long START_SECONDS = 30;
  private static final long STOP_SECONDS = 5;

  private final Vertx vertx;
  private final HttpServer server; // kept: an unreferenced one is closed by the collector
  private final ExecutorService threads;
  private final ExecutorService auditThreads;

  private HttpService(
      Vertx vertx, HttpServer server, ExecutorService threads, ExecutorService auditThreads) {
    this.vertx = vertx;
    this.server = server;
    this.threads = threads;
    this.auditThreads = auditThreads;
  }

  /** What the routes of the features get. */
  public record Wiring(Endpoints endpoints, TokenCheck tokens, Vertx vertx) {}

  /**
   * Listens.
   *
   * @param routes adds the endpoints of the features
   * @throws VpsException INTERNAL if it cannot, for example because the port is taken
   */
  public static HttpService start(
      ManagerConfig config,
      Tokens tokens,
      AuditLog audit,
      PrometheusMeterRegistry metrics,
      BooleanSupplier hookIsUp,
      Consumer<Wiring> routes) {
    Vertx vertx = vertx(metrics);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    ExecutorService auditThreads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      Contract contract = await(Contract.load(vertx));
      Authentication authentication = new Authentication(tokens, config.tls() instanceof Tls.Files);
      Endpoints endpoints = new Endpoints();
      routes.accept(new Wiring(endpoints, tokens::watch, vertx));
      new SessionRoute(authentication).addTo(endpoints);
      new StatusRoute(hookIsUp, metrics, contract, authentication).addTo(endpoints);
      Auditing auditing = new Auditing(audit, Clock.systemUTC(), auditThreads);
      Api api = new Api(contract, endpoints, authentication, auditing, threads);
      HttpServer server =
          await(
              vertx
                  .createHttpServer(HttpSettings.of(config))
                  .requestHandler(api.router(vertx))
                  .listen());
      return new HttpService(vertx, server, threads, auditThreads);
    } catch (RuntimeException e) {
      vertx.close();
      throw e;
    }
  }

  private static Vertx vertx(PrometheusMeterRegistry metrics) {
    VertxOptions options =
        new VertxOptions()
            // the class path is where the schemas of OpenAPI lie
            .setFileSystemOptions(new FileSystemOptions().setFileCachingEnabled(false))
            .setMetricsOptions(new MicrometerMetricsOptions().setEnabled(true));
    return Vertx.builder()
        .with(options)
        .withMetrics(new ForgivingMetrics(new MicrometerMetricsFactory(metrics)))
        .build();
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw VpsException.internal("the HTTP server does not start", e.getCause());
    } catch (TimeoutException e) {
      throw VpsException.internal("the HTTP server did not start in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw VpsException.internal("interrupted while the HTTP server started", e);
    }
  }

  /** The port that it listens on. */
  public int port() {
    return server.actualPort();
  }

  /** Takes no more requests, ends those that are open, and waits for all that they began. */
  @Override
  public void close() {
    awaitClosed(server.close());
    threads.shutdown();
    try {
      if (!threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        threads.shutdownNow(); // they wait for a hook that does not answer
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    auditThreads.close(); // all that was done is noted
    awaitClosed(vertx.close());
  }

  private static void awaitClosed(Future<Void> closing) {
    try {
      closing.toCompletionStage().toCompletableFuture().get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // the process ends; the kernel closes what is left
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
