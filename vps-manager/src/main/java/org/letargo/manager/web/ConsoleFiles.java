package org.letargo.manager.web;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;

/**
 * The console's files, from the class path only; kept in memory once read. Nothing that does not
 * look like one of its names is even looked for.
 */
final class ConsoleFiles implements Handler<RoutingContext> {
  private static final String FOLDER = "/org/letargo/manager/console";
  private static final Pattern ALLOWED = Pattern.compile("(/[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*)+");
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "mjs", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml",
          "png", "image/png",
          "ico", "image/x-icon",
          "woff2", "font/woff2",
          "json", "application/json",
          "txt", "text/plain; charset=utf-8");

  private final Executor threads;
  private final Map<String, Buffer> files = new ConcurrentHashMap<>();

  ConsoleFiles(Executor threads) {
    this.threads = threads;
  }

  @Override
  public void handle(RoutingContext ctx) {
    String path = ctx.request().path().equals("/") ? "/index.html" : ctx.request().path();
    String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
    if (type == null || !ALLOWED.matcher(path).matches()) {
      ctx.next();
      return;
    }
    Buffer known = files.get(path);
    if (known != null) {
      send(ctx, type, known);
      return;
    }
    Context context = ctx.vertx().getOrCreateContext();
    threads.execute(() -> {
      Optional<Buffer> read = read(path);
      context.runOnContext(_ -> read.ifPresentOrElse(file -> send(ctx, type, file), ctx::next));
    });
  }

  private Optional<Buffer> read(String path) {
    try (InputStream in = ConsoleFiles.class.getResourceAsStream(FOLDER + path)) {
      if (in == null) {
        return Optional.empty();
      }
      Buffer file = Buffer.buffer(in.readAllBytes());
      files.put(path, file);
      return Optional.of(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void send(RoutingContext ctx, String type, Buffer file) {
    ctx.response().putHeader("Content-Type", type).putHeader("Cache-Control", "no-cache").end(file);
  }
}
