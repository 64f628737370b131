package org.letargo.hook.ahead;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.ChunksAhead;
import org.letargo.archive.file.AheadSender;
import org.letargo.hook.change.ArchiveFailures;
import org.letargo.hook.change.CallerOutput;
import org.letargo.hook.change.Faults;
import org.letargo.hook.change.Host;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.engine.WrittenFiles;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.AheadReport;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.HookExchange;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.rootfs.VpsDisk;
import org.letargo.hook.vps.Vps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends what a VPS has, while it runs, and holds it here until the caller has done. */
public final class SendAhead {
  private static final Logger LOG = LoggerFactory.getLogger(SendAhead.class);
  private static final int BUFFER_BYTES = 256 << 10;

  /** How often the other side hears something while nothing is sent. */
  private static final Duration STILL_HERE = Duration.ofSeconds(15);

  /** How many windows of memory are read between two reports: of 16 MiB. */
  private static final int REPORTED_WINDOWS = 256;

  /** Of the progress: it is on the way to the end, and not how near that is. */
  private static final int UNKNOWN = -1;

  private final Host host;

  public SendAhead(Host host) {
    this.host = host;
  }

  /**
   * Sends in rounds, then waits until the caller's input ends.
   *
   * @throws VpsException WRONG_STATE for a VPS that does not run; CANCELLED if the caller, or the
   *     other side, is gone
   */
  public AheadReport send(
      HookRequest.SendAhead request, Operation operation, HookExchange exchange) {
    LOG.info("op={} {}", operation.id(), request);
    Vps vps = host.vpses().get(request.name());
    VpsName name = request.name();
    if (!(vps.status() instanceof VpsStatus.Running)) {
      throw VpsException.wrongState(
          name, "send ahead the memory of", vps.status().word(), "Only what runs is sent ahead.");
    }
    host.loadings().await(vps, operation);
    Path index = vps.folder().run().resolve("ahead");
    DurableFiles.deleteTree(index);
    try (CheckpointWriter kept = host.store().checkpoints().begin();
        ChunksAhead beside = kept.ahead();
        OutputStream out = new BufferedOutputStream(new CallerOutput(exchange), BUFFER_BYTES);
        AheadSender sender =
            AheadSender.begin(
                beside,
                !host.store().packs().encrypted(),
                request.packed(),
                exchange.input(),
                out)) {
      DurableFiles.folder(index, "rwx------");
      AheadReport report = new Journey(vps, request.downtime(), operation, sender, index).rounds();
      LOG.info("vps={} op={} {}", name, operation.id(), report);
      operation.report(
          new Progress(
              HookRequest.SendAhead.SETTLED, sender.newBytes(), sender.newBytes(), UNKNOWN));
      hold(sender, exchange.input(), operation);
      return report;
    } catch (ArchiveException e) {
      throw ArchiveFailures.whileTaking(e);
    } catch (IOException e) {
      throw new VpsException(
          Code.CANCELLED,
          "VPS '" + name + "' was not sent ahead",
          "whoever received it hung up (" + e.getMessage() + ")",
          "It runs as it did; start it again.",
          e);
    } finally {
      DurableFiles.deleteTree(index);
      host.store().collectSoon(); // what no checkpoint has taken over
    }
  }

  /** The rounds of one VPS. */
  private final class Journey {
    private final Vps vps;
    private final Operation operation;
    private final AheadSender sender;
    private final Path index;
    private final Rounds rounds;
    private final long expectedBytes;

    Journey(Vps vps, Duration budget, Operation operation, AheadSender sender, Path index) {
      this.vps = vps;
      this.operation = operation;
      this.sender = sender;
      this.index = index;
      this.rounds = new Rounds(budget);
      this.expectedBytes = host.cgroups().memoryToSave(vps.spec().name()).bytes();
    }

    AheadReport rounds() throws IOException {
      while (true) {
        long before = sender.newBytes();
        long beginNanos = System.nanoTime();
        round("round " + (rounds.count() + 1), before);
        Duration took = Duration.ofNanos(System.nanoTime() - beginNanos);
        Optional<String> enough = rounds.add(sender.newBytes() - before, took);
        Faults.at("ahead.after-round");
        if (enough.isPresent()) {
          return new AheadReport(
              rounds.count(),
              DataSize.ofBytes(sender.askedBytes()),
              DataSize.ofBytes(rounds.leftBytes()),
              DataSize.ofBytes(rounds.perSecond()),
              DataSize.ofBytes(rounds.changedPerSecond()),
              enough.get());
        }
      }
    }

    private void round(String phase, long before) throws IOException {
      report(phase, before);
      VpsDisk.scanAhead(
          vps.folder(),
          vps.stored(),
          sender,
          index.resolve("disk"),
          () -> WrittenFiles.busy(host.cgroups().processes(vps.spec().name())));
      int[] windows = {0};
      var memory =
          new LiveMemory(content -> {
            sender.chunk(content, () -> {});
            if (++windows[0] % REPORTED_WINDOWS == 0) {
              report(phase, before);
            }
          });
      for (long pid : host.cgroups().processes(vps.spec().name())) {
        memory.read(pid);
      }
      sender.sync();
      report(phase, before);
    }

    private void report(String phase, long before) {
      operation.checkCancelled();
      if (!(vps.status() instanceof VpsStatus.Running)) {
        throw VpsException.wrongState(
            vps.spec().name(), "send ahead", vps.status().word(), "It has ended meanwhile.");
      }
      operation.report(
          new Progress(phase, sender.newBytes() - before, Math.max(1, expectedBytes), UNKNOWN));
    }
  }

  /**
   * Waits until the input ends, and says now and then that it is still there: the other side
   * answers each time, which is read and dropped.
   */
  private static void hold(AheadSender sender, InputStream input, Operation operation)
      throws IOException {
    var over = new CountDownLatch(1);
    Thread.ofVirtual()
        .name(operation.id() + "-hold")
        .start(() -> {
          try (input) {
            input.transferTo(OutputStream.nullOutputStream());
          } catch (IOException e) {
            // whoever called is gone: that is an end too
          } finally {
            over.countDown();
          }
        });
    operation.onCancel(over::countDown);
    try {
      while (!over.await(STILL_HERE.toSeconds(), TimeUnit.SECONDS)) {
        sender.stillHere();
      }
      operation.checkCancelled();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the hook ends", e);
    }
  }
}
