package org.letargo.manager.web;

import io.vertx.core.VertxOptions;
import io.vertx.core.spi.VertxMetricsFactory;
import io.vertx.core.spi.metrics.HttpServerMetrics;
import io.vertx.core.spi.metrics.VertxMetrics;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Answers connections that come while the server begins to listen. Vert.x 5.0 makes the metrics of
 * a server after its socket is bound (NetServerImpl.bind), so what is accepted in between has no
 * metric of its own; Micrometer's metrics then throw a NullPointerException at each request, which
 * is never answered. Such a connection is not counted here, and served.
 */
final class ForgivingMetrics implements VertxMetricsFactory {
  private final VertxMetricsFactory factory;

  ForgivingMetrics(VertxMetricsFactory factory) {
    this.factory = factory;
  }

  @Override
  public VertxMetrics metrics(VertxOptions options) {
    VertxMetrics real = factory.metrics(options);
    return proxy(
        VertxMetrics.class,
        (method, arguments) -> {
          Object made = invoke(real, method, arguments);
          return made instanceof HttpServerMetrics<?, ?, ?> http ? forgiving(http) : made;
        });
  }

  /** The same, which knows nothing of what has no metric: the first argument of all that asks. */
  static HttpServerMetrics<?, ?, ?> forgiving(HttpServerMetrics<?, ?, ?> real) {
    return proxy(
        HttpServerMetrics.class,
        (method, arguments) ->
            arguments != null && arguments.length > 0 && arguments[0] == null
                ? null
                : invoke(real, method, arguments));
  }

  private interface Call {
    Object make(Method method, Object[] arguments) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Call call) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> call.make(method, arguments)));
  }

  private static Object invoke(Object on, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(on, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
