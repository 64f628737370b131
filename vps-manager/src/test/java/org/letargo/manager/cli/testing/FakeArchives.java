package org.letargo.manager.cli.testing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Archives that are only so many bytes; given and taken as streams, never held whole. */
public final class FakeArchives {
  private static final int PIECE = 128 << 10;

  private final FakeHost host;
  private final AtomicLong received = new AtomicLong();
  private volatile long sizeBytes = 1 << 20;
  private volatile Optional<Long> breakAt = Optional.empty();
  private volatile Optional<Long> stallAt = Optional.empty();
  private volatile Optional<Long> refuseAt = Optional.empty();
  private volatile String digest = "";

  FakeArchives(FakeHost host) {
    this.host = host;
  }

  /** How long the archives are that are given. */
  public void setSize(long bytes) {
    sizeBytes = bytes;
  }

  /** Given archives break off there, and the operation fails with NO_SPACE. */
  public void breakAt(long bytes) {
    breakAt = Optional.of(bytes);
  }

  /** Given archives stop there, and nothing more comes. */
  public void stallAt(long bytes) {
    stallAt = Optional.of(bytes);
  }

  /** Taken archives are refused there, while they are still being sent. */
  public void refuseAt(long bytes) {
    refuseAt = Optional.of(bytes);
  }

  /** SHA-256 of the last archive that came in whole. */
  public String digest() {
    return digest;
  }

  public long received() {
    return received.get();
  }

  /** What stands at a place of each archive: no two pieces are alike. */
  public static byte[] piece(long index, int length) {
    byte[] piece = new byte[length];
    long x = index * 0x9E3779B97F4A7C15L + 1;
    for (int at = 0; at < length; at++) {
      x ^= x << 13;
      x ^= x >>> 7;
      x ^= x << 17;
      piece[at] = (byte) x;
    }
    return piece;
  }

  /** SHA-256 of an archive that is so long. */
  public static String digestOf(long bytes) {
    MessageDigest hash = sha256();
    for (long at = 0; at < bytes; at += PIECE) {
      hash.update(piece(at / PIECE, (int) Math.min(PIECE, bytes - at)));
    }
    return HexFormat.of().formatHex(hash.digest());
  }

  void give(HttpServerRequest request, ObjectNode operation) {
    HttpServerResponse response = request.response();
    response.putHeader("Content-Type", "application/zstd");
    response.putHeader(
        "Content-Disposition",
        "attachment; filename=\"" + request.path().split("/")[3] + ".letargo\"");
    response.putHeader("Letargo-Operation", operation.path("id").asText());
    response.setChunked(true);
    write(request, Vertx.currentContext(), operation.path("id").asText(), 0);
  }

  private void write(HttpServerRequest request, Context context, String operation, long from) {
    HttpServerResponse response = request.response();
    long at = from;
    while (at < sizeBytes) {
      if (stallAt.isPresent() && at >= stallAt.get()) {
        return;
      }
      if (breakAt.isPresent() && at >= breakAt.get()) {
        host.fail(
            operation,
            new FakeError(507, "NO_SPACE", "cannot export it", "the disk is full", "Make room."));
        request.connection().close();
        return;
      }
      if (response.writeQueueFull()) {
        long next = at;
        response.drainHandler(_ -> write(request, context, operation, next));
        return;
      }
      int length = (int) Math.min(PIECE, sizeBytes - at);
      response.write(Buffer.buffer(piece(at / PIECE, length)));
      at += length;
    }
    host.succeed(operation);
    response.end();
  }

  void take(HttpServerRequest request, Consumer<ObjectNode> taken, Consumer<FakeError> refused) {
    String name = request.getParam("name", "from-archive");
    if (host.has(name)) {
      refused.accept(
          new FakeError(
              409,
              "NAME_TAKEN",
              "cannot import VPS '" + name + "'",
              "there is one",
              "Take another name."));
      return;
    }
    MessageDigest hash = sha256();
    received.set(0);
    host.put(name, "importing");
    ObjectNode operation = host.start("import", "vps", name);
    request.handler(data -> {
      boolean refuse = refuseAt.isPresent() && received.addAndGet(data.length()) >= refuseAt.get();
      if (refuseAt.isEmpty()) {
        received.addAndGet(data.length());
        hash.update(data.getBytes());
      } else if (refuse && !request.response().ended()) {
        var error =
            new FakeError(
                422, "ARCHIVE_REFUSED", "archive is refused", "it is damaged", "Get it again.");
        host.fail(operation.path("id").asText(), error);
        refused.accept(error);
        request.pause(); // what a manager does with bytes that it does not want
      }
    });
    request.endHandler(_ -> {
      digest = HexFormat.of().formatHex(hash.digest());
      taken.accept(operation);
    });
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
