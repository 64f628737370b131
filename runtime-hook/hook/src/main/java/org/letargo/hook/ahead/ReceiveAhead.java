package org.letargo.hook.ahead;

import java.io.IOException;
import java.nio.file.FileSystemException;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.ChunksAhead;
import org.letargo.archive.file.AheadReceiver;
import org.letargo.archive.store.StoreFullException;
import org.letargo.hook.change.ArchiveFailures;
import org.letargo.hook.change.CallerOutput;
import org.letargo.hook.change.Faults;
import org.letargo.hook.change.Host;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.HookExchange;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.VpsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps chunks that another host sends ahead of a checkpoint, until its stream ends. */
public final class ReceiveAhead {
  private static final Logger LOG = LoggerFactory.getLogger(ReceiveAhead.class);
  private static final int UNKNOWN = -1;

  private final Host host;

  public ReceiveAhead(Host host) {
    this.host = host;
  }

  /**
   * Receives until the input ends, which is when the sender has no more use for it.
   *
   * @throws VpsException ARCHIVE_REFUSED for what is none; NO_SPACE; CANCELLED if the sender is
   *     gone in the middle
   */
  public Done receive(Operation operation, HookExchange exchange) {
    LOG.info("op={} keeps what is sent ahead", operation.id());
    try (CheckpointWriter kept = host.store().checkpoints().begin();
        ChunksAhead chunks = kept.ahead()) {
      AheadReceiver.receive(
          exchange.input(),
          new CallerOutput(exchange),
          chunks,
          bytes -> {
            operation.checkCancelled();
            operation.report(new Progress("receive", bytes, bytes, UNKNOWN));
            Faults.at("ahead.receiving");
          });
      return new Done();
    } catch (ArchiveException e) {
      throw ArchiveFailures.whileImporting(e);
    } catch (FileSystemException | StoreFullException e) {
      throw DurableFiles.failed("cannot keep what is sent ahead", e);
    } catch (IOException e) {
      throw new VpsException(
          Code.CANCELLED,
          "what was sent ahead is not kept",
          "whoever sent it hung up (" + e.getMessage() + ")",
          "",
          e);
    } finally {
      host.store().collectSoon();
    }
  }
}
