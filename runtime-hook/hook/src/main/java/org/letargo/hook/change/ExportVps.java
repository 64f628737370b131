package org.letargo.hook.change;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.ArchiveWriter;
import org.letargo.archive.CheckpointDirectory;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookExchange;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;

/** Sends the archive of a VPS that stands still: suspended, with memory; stopped, without. */
final class ExportVps {
  private static final int BUFFER_BYTES = 256 << 10;

  private final CheckpointFiles files;

  ExportVps(CheckpointFiles files) {
    this.files = files;
  }

  void export(Vps vps, Operation operation, HookExchange exchange) {
    CheckpointId temporary = CheckpointId.create(Instant.now());
    try (Vps.Change _ =
        vps.begin(operation.id(), JournalEntry.Kind.EXPORT, Optional.of(temporary))) {
      switch (vps.status()) {
        case VpsStatus.Suspended(CheckpointReport checkpoint) ->
            send(vps, vps.folder().checkpoint(checkpoint.id()), operation, exchange);
        case VpsStatus.Stopped _ -> exportStopped(vps, temporary, operation, exchange);
        case VpsStatus.Running _, VpsStatus.Paused _ ->
            throw VpsException.wrongState(
                vps.spec().name(),
                "export",
                vps.status().word(),
                "Suspend it first with 'letargo suspend " + vps.spec().name() + "'.");
      }
      operation.succeeded();
    }
  }

  private void exportStopped(
      Vps vps, CheckpointId temporary, Operation operation, HookExchange exchange) {
    Path directory = vps.folder().partialCheckpoint(temporary);
    try {
      operation.phase("capture", 5);
      DurableFiles.folder(directory.getParent(), "rwx------");
      DurableFiles.folder(directory, "rwx------");
      files.complete(
          vps,
          temporary,
          Instant.now(),
          files.describeHost(false),
          directory,
          CheckpointDirectory::seal);
      send(vps, directory, operation, exchange);
    } finally {
      DurableFiles.deleteTree(directory);
    }
  }

  private static void send(Vps vps, Path directory, Operation operation, HookExchange exchange) {
    operation.phase("write", 10);
    try (OutputStream out = new BufferedOutputStream(new CallerOutput(exchange), BUFFER_BYTES)) {
      ArchiveWriter.write(
          directory,
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
}
