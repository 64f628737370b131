package org.letargo.hook.change;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.file.ArchiveFileWriter;
import org.letargo.archive.file.TransferSender;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookExchange;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;

/**
 * Sends a checkpoint as an archive, or to another store: one of the timeline, or the present of a
 * VPS that stands still. The present of a stopped one is captured for it, and forgotten again.
 */
final class ExportVps {
  private static final int BUFFER_BYTES = 256 << 10;

  private final Host host;
  private final CheckpointVps checkpoint;
  private final CheckpointFiles files;
  private final VerifyCheckpoint verify;

  ExportVps(Host host, CheckpointVps checkpoint, CheckpointFiles files, VerifyCheckpoint verify) {
    this.host = host;
    this.checkpoint = checkpoint;
    this.files = files;
    this.verify = verify;
  }

  /** Nothing is sent of one that does not pass the verification that is asked for. */
  void export(Vps vps, HookRequest.ExportVps request, Operation operation, HookExchange exchange) {
    Optional<CheckpointId> wanted = request.checkpoint();
    Span before = new Span(operation, 0, 10);
    if (wanted.isPresent()) {
      CheckpointId id = vps.timeline().get(wanted.get()).checkpoint().id();
      request.verify().ifPresent(depth -> verify.verify(vps, id, depth, before));
      send(vps, id, operation, exchange);
      return; // a checkpoint never changes: the VPS may, meanwhile
    }
    CheckpointWish temporary = CheckpointWish.of(CheckpointKind.MANUAL);
    try (Vps.Change _ =
        vps.begin(operation.id(), JournalEntry.Kind.EXPORT, Optional.of(temporary.id()))) {
      switch (vps.status()) {
        case VpsStatus.Suspended(CheckpointReport present) -> {
          request.verify().ifPresent(depth -> verify.verify(vps, present.id(), depth, before));
          send(vps, present.id(), operation, exchange);
        }
        case VpsStatus.Stopped _ -> {
          try {
            checkpoint.capture(vps, temporary, operation);
            request.verify().ifPresent(depth -> verify.require(vps, temporary.id(), depth, before));
            send(vps, temporary.id(), operation, exchange);
          } finally {
            files.drop(vps, temporary.id());
          }
        }
        case VpsStatus.Running _, VpsStatus.Paused _ ->
            throw VpsException.wrongState(
                vps.spec().name(),
                "export",
                vps.status().word(),
                "Suspend it first with 'letargo suspend %s', or name one of its checkpoints."
                    .formatted(vps.spec().name()));
      }
      operation.succeeded();
    }
  }

  private void send(Vps vps, CheckpointId id, Operation operation, HookExchange exchange) {
    operation.phase("write", 10);
    try (StoredCheckpoint stored = open(id);
        OutputStream out = new BufferedOutputStream(new CallerOutput(exchange), BUFFER_BYTES)) {
      ArchiveFileWriter.write(
          stored,
          out,
          (doneBytes, totalBytes) -> {
            operation.checkCancelled();
            int percent = (int) (10 + 90 * doneBytes / Math.max(1, totalBytes));
            operation.report(new Progress("write", doneBytes, totalBytes, percent));
            Faults.at("export.midway");
          });
    } catch (ArchiveException e) {
      throw ArchiveFailures.whileReading(e);
    } catch (IOException e) {
      throw new VpsException(
          Code.CANCELLED,
          "the export of VPS '" + vps.spec().name() + "' has ended early",
          "whoever received the archive hung up",
          "Start it again.",
          e);
    }
  }

  /**
   * Sends a checkpoint to another store, beside whatever the VPS does; the other asks for what it
   * lacks.
   *
   * @param packed whether content is packed on the way
   */
  void move(
      Vps vps, CheckpointId wanted, boolean packed, Operation operation, HookExchange exchange) {
    send(vps, vps.timeline().get(wanted).checkpoint().id(), packed, operation, exchange);
  }

  /** The same of one that may be in no timeline. */
  void send(Vps vps, CheckpointId id, boolean packed, Operation operation, HookExchange exchange) {
    operation.phase("compare", 5);
    try (StoredCheckpoint stored = open(id);
        OutputStream out = new BufferedOutputStream(new CallerOutput(exchange), BUFFER_BYTES)) {
      TransferSender.send(
          stored,
          packed,
          exchange.input(),
          out,
          (doneBytes, totalBytes) -> {
            operation.checkCancelled();
            int percent = (int) (10 + 90 * doneBytes / Math.max(1, totalBytes));
            operation.report(new Progress("send", doneBytes, totalBytes, percent));
            Faults.at("send.midway");
          });
    } catch (ArchiveException e) {
      throw ArchiveFailures.whileReading(e);
    } catch (IOException e) {
      throw new VpsException(
          Code.CANCELLED,
          "VPS '" + vps.spec().name() + "' was not sent",
          "whoever received it hung up",
          "All is as it was; start it again.",
          e);
    }
  }

  private StoredCheckpoint open(CheckpointId id) {
    try {
      return host.store().checkpoints().read(id.value());
    } catch (IOException e) {
      throw DurableFiles.failed("cannot read checkpoint " + id, e);
    }
  }
}
