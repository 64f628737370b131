package org.letargo.hook.protocol.testing;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.HookClient;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.HookServer;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.Resumed;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;

/**
 * A hook whose VPSes are only in memory, on a real Unix socket. Strict: an unknown VPS, a wrong
 * state, two changes of one VPS at once or an operation id used twice is refused as the real hook
 * refuses it, and what a manager must never do at all is noted in {@link #violations}.
 *
 * <p>Every VPS has a timeline, in a store that is only sizes; see {@link FakeTimelines}.
 *
 * <p>It has the templates {@code tiny}, built, and {@code debian-12}, not built, and the network
 * 10.77.0.0/24. {@link #die} is kill -9: connections break, what was under way stands still for
 * ever; after {@link #start} it was finished or rolled back, as the {@link Moment} says. All
 * methods may be called on any thread.
 */
public final class FakeHook implements AutoCloseable {
  private final Path socket;
  private final FakeHost host = new FakeHost();
  private final FakeJournal journal = new FakeJournal();
  private final FakePreflight preflight = new FakePreflight(host);
  private final List<Trap> traps = new CopyOnWriteArrayList<>();
  private final List<Trap> sprung = new CopyOnWriteArrayList<>();
  private final List<String> violations = new CopyOnWriteArrayList<>();
  private final AtomicInteger openRequests = new AtomicInteger();
  private volatile long archiveBytes = 1 << 20;

  /** Guarded by this. */
  private FakeLife life;

  private HookServer server;

  private FakeHook(Path socket) {
    this.socket = socket;
  }

  /** Starts to serve; the socket must not exist. */
  public static FakeHook start(Path socket) throws IOException {
    FakeHook hook = new FakeHook(socket);
    hook.start();
    return hook;
  }

  /** Starts again after {@link #die}. */
  public synchronized void start() throws IOException {
    if (life != null) {
      throw new IllegalStateException("the fake hook runs");
    }
    journal.recover();
    host.recover();
    Files.deleteIfExists(socket);
    ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listening.bind(UnixDomainSocketAddress.of(socket));
    life = new FakeLife(this, host, journal, preflight);
    server = new HookServer(listening, Set.of(System.getProperty("user.name")), life, _ -> {});
  }

  /** Breaks all connections and does nothing more; the socket file stays, as after kill -9. */
  public synchronized void die() throws IOException {
    if (life == null) {
      return;
    }
    life.end();
    life = null;
    server.close();
    sprung.forEach(Trap::release);
    host.endWatches();
  }

  /** The next change of this kind waits at this moment until it is released. */
  public Trap hold(Class<? extends HookRequest.Change<?>> change, Moment moment) {
    Trap[] self = new Trap[1];
    self[0] = new Trap(change, moment, () -> self[0].holdHere());
    traps.add(self[0]);
    return self[0];
  }

  /** The next change of this kind fails at this moment; COMMITTED is too late for it. */
  public Trap fail(
      Class<? extends HookRequest.Change<?>> change, Moment moment, VpsException failure) {
    if (moment == Moment.COMMITTED) {
      throw new IllegalArgumentException("what is committed does not fail");
    }
    Trap trap =
        new Trap(
            change,
            moment,
            () -> {
              throw failure;
            });
    traps.add(trap);
    return trap;
  }

  /** The hook dies when the next change of this kind comes to this moment. */
  public Trap dieAt(Class<? extends HookRequest.Change<?>> change, Moment moment) {
    Trap trap =
        new Trap(
            change,
            moment,
            () -> {
              try {
                die();
              } catch (IOException e) {
                throw new AssertionError("the fake hook cannot die", e);
              }
            });
    traps.add(trap);
    return trap;
  }

  /** How many bytes of noise the archives have that are exported from now on; 1 MiB at first. */
  public void archiveBytes(long bytes) {
    archiveBytes = bytes;
  }

  /** A program of this VPS writes a file. */
  public void write(VpsName name, String path, String content) {
    host.files().write(name, path, content);
  }

  /** A byte of this checkpoint changes: it is found by a check, and never used again. */
  public void damage(VpsName name, CheckpointId checkpoint) {
    host.timelines().damage(name, checkpoint);
  }

  /**
   * What becomes of a VPS that was resumed, beside any change: memory comes, or cannot be had and
   * it is suspended again.
   */
  public void resumed(VpsName name, Resumed way) {
    host.resumed(name, way);
  }

  /**
   * What a preflight of this VPS finds from now on; a suspension is refused if any of it blocks.
   */
  public void obstacles(VpsName name, List<Obstacle> obstacles) {
    preflight.obstacles(name, obstacles);
  }

  /** What no manager may do and this one did, as sentences. */
  public List<String> violations() {
    return List.copyOf(violations);
  }

  /** Requests that are being answered, watches among them. */
  public int openRequests() {
    return openRequests.get();
  }

  public Path socket() {
    return socket;
  }

  /** A client of its own. */
  public HookClient client() {
    return new HookClient(socket);
  }

  long archiveBytes() {
    return archiveBytes;
  }

  void violation(String sentence) {
    violations.add(sentence);
  }

  void requestBegins() {
    openRequests.incrementAndGet();
  }

  void requestEnds() {
    openRequests.decrementAndGet();
  }

  /** Springs the first trap that is set here. */
  void pass(HookRequest.Change<?> change, Moment moment) {
    for (Trap trap : traps) {
      if (trap.matches(change, moment) && traps.remove(trap)) {
        sprung.add(trap);
        trap.spring();
        return;
      }
    }
  }

  /** Ends it for good. */
  @Override
  public void close() throws IOException {
    die();
    Files.deleteIfExists(socket);
  }
}
