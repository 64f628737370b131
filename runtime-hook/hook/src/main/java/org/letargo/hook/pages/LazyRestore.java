package org.letargo.hook.pages;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.letargo.hook.command.Command;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.engine.Engine;
import org.letargo.hook.engine.EngineLog;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;

/**
 * One lazy restore, from before {@code runc restore --lazy-pages} until the last page is there. The
 * VPS runs meanwhile.
 *
 * <pre>
 *   caller                        we                       engine's daemon        tasks
 *   start()                 --->  server, daemon     --->  ready
 *   runc restore --lazy-pages                              takes a userfaultfd of each
 *   (post-restore) hold()   --->  guard              <---  connects
 *                                 pages              <---  faults, then one run after another
 *   done()                  <---                     <---  ends
 *   close()
 * </pre>
 *
 * <p>Whatever fails between {@link #hold} and the end, our own death included, the VPS is killed,
 * while those of its tasks that wait for memory still wait: none goes on with wrong bytes. The
 * caller then puts the VPS back to where it was suspended, disk included.
 *
 * <p>A daemon thread waits for the end.
 */
public final class LazyRestore implements AutoCloseable {
  static final String LOG = "lazy-pages.log";
  private static final String SOCKET = "lazy-pages.socket";
  private static final Duration LONGEST_START = Duration.ofSeconds(30);

  /** Both ends of a connection that is closed see it within that. */
  private static final Duration LONGEST_END = Duration.ofSeconds(2);

  private static final String WHAT = "cannot resume lazily";
  private static final Outcome NOT_YET = new Outcome.Failed("it has not ended");

  /** How it ended. */
  public sealed interface Outcome {
    /**
     * All memory is there.
     *
     * @param pages how many were sent
     * @param first what the processes wanted first
     */
    record Complete(long pages, HotPages first) implements Outcome {}

    /** The VPS has ended by itself, or somebody ended it, before all memory was there. */
    record Ended() implements Outcome {}

    /**
     * The VPS was killed, if it was there.
     *
     * @param reason for people
     */
    record Failed(String reason) implements Outcome {}
  }

  /**
   * What it takes.
   *
   * @param images made by {@link LazyImages}
   * @param work the work path of the restore: the daemon's socket and log are there
   * @param source stays the caller's; used until this is closed
   * @param relay letargo-relay
   */
  public record Setup(
      Engine engine,
      Path images,
      Path work,
      PageSource source,
      UserfaultfdSetting setting,
      Path relay) {}

  private final Setup setup;
  private final UserfaultfdSetting.Hold allowed;
  private final PageServer server;
  private final Process daemon;
  private final CompletableFuture<Outcome> done = new CompletableFuture<>();
  private Optional<MemoryGuard> guard = Optional.empty(); // guarded by this
  private boolean ended; // guarded by this
  private OptionalLong leaseEndNanos = OptionalLong.empty(); // guarded by this

  private LazyRestore(Setup setup, UserfaultfdSetting.Hold allowed) throws IOException {
    this.setup = setup;
    this.allowed = allowed;
    this.server =
        new PageServer(
            PageProtocol.of(setup.engine.version()),
            setup.source,
            new PeerProgram(setup.engine.program()));
    try {
      this.daemon =
          Command.of(line()).start(ProcessBuilder.Redirect.to(setup.work.resolve("lazy").toFile()));
    } catch (Throwable e) {
      server.close();
      throw e;
    }
  }

  private List<String> line() {
    return List.of(
        setup.engine.program().toString(),
        "lazy-pages",
        "--images-dir",
        setup.images.toString(),
        "--work-dir",
        setup.work.toString(),
        "--log-file",
        LOG,
        "--page-server",
        "--address",
        server.host(),
        "--port",
        String.valueOf(server.port()),
        "--status-fd",
        "1");
  }

  /**
   * Starts the daemon; it is ready for the restore when this returns.
   *
   * @throws VpsException RESUME_FAILED, HOST_UNFIT; nothing is left then
   */
  public static LazyRestore start(Setup setup) {
    UserfaultfdSetting.Hold allowed = setup.setting.hold();
    try {
      LazyRestore started = new LazyRestore(setup, allowed);
      try {
        started.awaitReady();
        started.watch();
        return started;
      } catch (RuntimeException e) {
        started.close();
        throw e;
      }
    } catch (IOException e) {
      allowed.close();
      throw DurableFiles.failed(WHAT, e);
    } catch (RuntimeException e) {
      allowed.close();
      throw e;
    }
  }

  /** The daemon writes one byte when it listens for the restore. */
  private void awaitReady() {
    FutureTask<Integer> ready =
        new FutureTask<>(() -> {
          try (InputStream status = daemon.getInputStream()) {
            return status.read();
          }
        });
    Thread.ofPlatform().name("lazy-pages-ready").daemon(true).start(ready);
    try {
      if (ready.get(LONGEST_START.toMillis(), TimeUnit.MILLISECONDS) < 0) {
        throw failed(said());
      }
    } catch (TimeoutException | ExecutionException e) {
      throw failed("the engine's daemon is not ready: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("the hook is stopping");
    }
  }

  private static VpsException failed(String why) {
    return new VpsException(Code.RESUME_FAILED, WHAT, why, "Resume with --eager.");
  }

  private void watch() {
    server
        .served()
        .whenComplete((_, failure) -> {
          if (failure != null) {
            serverFailed(failure);
          }
        });
    daemon.onExit().thenAccept(this::daemonEnded);
  }

  /** A connection that broke is the end of the daemon, which knows better why. */
  private void serverFailed(Throwable failure) {
    try {
      boolean lost = failure instanceof LazySession.LostPageException;
      boolean exited = !lost && daemon.waitFor(LONGEST_END.toMillis(), TimeUnit.MILLISECONDS);
      end(new Outcome.Failed(exited ? said() : String.valueOf(failure.getMessage())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // close() is at work
    }
  }

  private void daemonEnded(Process exited) {
    Outcome outcome;
    try {
      HotPages first = server.served().get(LONGEST_END.toMillis(), TimeUnit.MILLISECONDS);
      outcome = exited.exitValue() == 0 ? complete(first) : new Outcome.Failed(said());
    } catch (TimeoutException | ExecutionException e) {
      outcome = new Outcome.Failed(said());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      outcome = new Outcome.Failed("the hook is stopping");
    }
    end(outcome);
  }

  private Outcome complete(HotPages first) {
    try {
      setup.source.complete();
      return new Outcome.Complete(server.sentPages(), first);
    } catch (IOException | RuntimeException e) {
      return new Outcome.Failed(String.valueOf(e.getMessage()));
    }
  }

  private String said() {
    return EngineLog.explain(setup.work.resolve(LOG), _ -> Optional.empty())
        .map(behind -> "the engine's daemon: " + behind.obstacles().getFirst().sentence())
        .orElse("the engine's daemon ended without a reason");
  }

  /**
   * At the engine's stage {@code post-restore}, when the tasks are there but have not run: from now
   * on they are safe from zeros.
   *
   * @param initPid PID 1 of the VPS on the host
   * @throws VpsException RESUME_FAILED; the restore must fail then
   */
  public void hold(long initPid) {
    try {
      server.connected().get(LONGEST_START.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw failed("the engine's daemon has not connected: " + said());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("the hook is stopping");
    }
    allowed.close();
    synchronized (this) {
      if (ended) {
        if (done.getNow(NOT_YET) instanceof Outcome.Complete) {
          return; // there was little to come
        }
        throw failed("it has ended already: " + said());
      }
      MemoryGuard started = MemoryGuard.start(setup.relay.toString(), daemon.pid(), initPid);
      leaseEndNanos.ifPresent(started::lease);
      guard = Optional.of(started);
      started.ended().thenRun(() -> guardEnded(started));
    }
  }

  /**
   * Kills the VPS at that time, unless this has ended or a later time was told before; also if this
   * process stands still.
   *
   * @param endNanos as {@link System#nanoTime}
   */
  public synchronized void lease(long endNanos) {
    leaseEndNanos = OptionalLong.of(endNanos);
    guard.ifPresent(held -> held.lease(endNanos));
  }

  /** Its memory cannot be had any more: ends it as any other failure does; once it has, nothing. */
  public void fail(String reason) {
    end(new Outcome.Failed(reason));
  }

  /** It ends with the VPS, and when it has killed it; without it nobody is safe from zeros. */
  private void guardEnded(MemoryGuard guard) {
    try {
      if (guard.killed()) {
        daemon.waitFor(LONGEST_END.toMillis(), TimeUnit.MILLISECONDS); // for its last words
        end(new Outcome.Failed(said()));
      } else {
        end(new Outcome.Ended());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // close() is at work
    }
  }

  /**
   * How it ends, once it has. Whoever waits for it is told after the VPS was killed. If it fails
   * while the engine still restores, the engine may not end by itself: kill the runtime then. If it
   * fails because somebody has killed the guard, the VPS was not killed: who waits must.
   */
  public Future<Outcome> done() {
    return done;
  }

  private void end(Outcome outcome) {
    Outcome settled;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      settled = guard.map(held -> settle(held, outcome)).orElse(outcome);
    }
    done.complete(settled);
  }

  /** The daemon ends too when the VPS does, and not always well: the guard knows which it was. */
  private static Outcome settle(MemoryGuard guard, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Complete _, Outcome.Ended _ -> {
        guard.release();
        yield outcome;
      }
      case Outcome.Failed _ -> {
        guard.close();
        yield guard.killed() ? outcome : new Outcome.Ended();
      }
    };
  }

  /**
   * Ends daemon and server, and waits for them. Before it was done this ends it: the VPS is killed
   * if {@link #hold} was called.
   */
  @Override
  public void close() {
    end(new Outcome.Failed("it was given up"));
    allowed.close();
    Command.kill(daemon);
    try {
      daemon.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.close();
    DurableFiles.delete(setup.work.resolve(SOCKET));
  }
}
