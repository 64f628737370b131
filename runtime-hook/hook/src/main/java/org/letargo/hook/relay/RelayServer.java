package org.letargo.hook.relay;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import jdk.net.ExtendedSocketOptions;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for {@code letargo-relay}: the runtime's hooks and the engine's stages. Only root may
 * speak here. Whoever starts, suspends or resumes a VPS registers what is to happen at its stages;
 * a stage that nobody expects fails, so an engine whose hook was restarted meanwhile gives up and
 * lets the VPS run.
 */
public final class RelayServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RelayServer.class);

  /** What is to happen at a stage of one VPS; a failure makes the runtime or the engine fail. */
  public interface Stages {
    /**
     * @param stage such as {@code createRuntime} or {@code post-dump}
     * @param initPid PID 1 on the host, 0 if it is not there yet
     * @throws VpsException to fail it
     */
    void reached(String stage, long initPid);
  }

  /** Frozen VPSes wait for the relay, so not long. */
  private static final long ACCEPT_RETRY_MILLIS = 50;

  /** Where connections come from. */
  interface Source {
    SocketChannel accept() throws IOException;
  }

  private final ServerSocketChannel listening;
  private final Source source;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Map<VpsName, Stages> expected = new ConcurrentHashMap<>();

  /** Starts to listen; a socket that is left over is replaced. */
  public RelayServer(Path socket) throws IOException {
    this(socket, listening -> listening::accept);
  }

  /**
   * @param source of the channel that listens
   */
  RelayServer(Path socket, Function<ServerSocketChannel, Source> source) throws IOException {
    Files.deleteIfExists(socket);
    listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    this.source = source.apply(listening);
    listening.bind(UnixDomainSocketAddress.of(socket));
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    Thread.ofPlatform().name("relay-accept").daemon(true).start(this::accept);
  }

  /** What to do at the stages of a VPS from now on; closing it ends that. */
  public Registration expect(VpsName vps, Stages stages) {
    if (expected.putIfAbsent(vps, stages) != null) {
      throw new IllegalStateException("stages of " + vps + " are expected already");
    }
    return () -> expected.remove(vps);
  }

  /** Ends what {@link #expect} began. */
  @FunctionalInterface
  public interface Registration extends AutoCloseable {
    @Override
    void close();
  }

  private void accept() {
    boolean told = false;
    while (true) {
      try {
        SocketChannel connection = source.accept();
        Thread.ofPlatform().name("relay").daemon(true).start(() -> serve(connection));
        told = false;
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) { // EMFILE, say: who connects waits in the kernel's queue meanwhile
        if (!told) {
          LOG.warn("cannot take a connection of the relay: {}, trying again", e.toString());
          told = true;
        }
        if (closedWithin(ACCEPT_RETRY_MILLIS)) {
          return;
        }
      }
    }
  }

  private boolean closedWithin(long millis) {
    try {
      return closed.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  private void serve(SocketChannel connection) {
    try (connection) {
      String user = connection.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
      if (!user.equals("root")) {
        LOG.warn("user {} spoke to the relay's socket and was cut off", user);
        return;
      }
      answer(connection, RelayRequest.parse(readAll(connection)));
    } catch (IOException e) {
      LOG.warn("a relay's connection broke: {}", e.toString());
    }
  }

  private void answer(SocketChannel connection, RelayRequest request) throws IOException {
    String failure = "";
    try {
      Stages stages = expected.get(request.vps());
      if (stages == null) {
        failure = "nobody expects stage " + request.stage() + " of VPS '" + request.vps() + "'";
      } else {
        stages.reached(request.stage(), request.initPid());
      }
    } catch (VpsException e) {
      failure = e.getMessage();
    } catch (RuntimeException | Error e) {
      LOG.error("vps={} stage {} failed", request.vps(), request.stage(), e);
      failure = e.toString();
    }
    if (!failure.isEmpty()) {
      LOG.info("vps={} stage {} fails: {}", request.vps(), request.stage(), failure);
    }
    ByteBuffer reply = ByteBuffer.allocate(1 + failure.length() * 4);
    reply.put((byte) (failure.isEmpty() ? 0 : 1));
    reply.put(failure.getBytes(StandardCharsets.UTF_8)).flip();
    while (reply.hasRemaining()) {
      connection.write(reply);
    }
  }

  private static byte[] readAll(SocketChannel connection) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8192);
    while (connection.read(bytes) >= 0) {
      if (!bytes.hasRemaining()) {
        if (bytes.capacity() >= RelayRequest.MAX_BYTES) {
          throw new IOException("the relay sent more than " + RelayRequest.MAX_BYTES + " bytes");
        }
        bytes = ByteBuffer.allocate(bytes.capacity() * 4).put(bytes.flip());
      }
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    listening.close();
  }
}
