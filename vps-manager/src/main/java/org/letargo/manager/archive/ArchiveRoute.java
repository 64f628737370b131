package org.letargo.manager.archive;

import java.util.Locale;
import java.util.Optional;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.VerifyDepth;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.Operations;
import org.letargo.manager.operation.Upload;
import org.letargo.manager.timeline.Checkpoints;
import org.letargo.manager.web.Call;
import org.letargo.manager.web.Endpoints;
import org.letargo.manager.web.FileAnswer;
import org.letargo.manager.web.Uploads;

/** Archives: download and upload. */
public final class ArchiveRoute {
  private final ExportVps exports;
  private final ImportVps imports;
  private final Checkpoints checkpoints;
  private final Operations operations;

  public ArchiveRoute(
      ExportVps exports, ImportVps imports, Checkpoints checkpoints, Operations operations) {
    this.exports = exports;
    this.imports = imports;
    this.checkpoints = checkpoints;
    this.operations = operations;
  }

  public void addTo(Endpoints endpoints) {
    endpoints
        .add("exportVps", this::export)
        .add("exportCheckpoint", this::exportCheckpoint)
        .add("importVps", this::importVps);
  }

  private void export(Call call) {
    VpsName name = new VpsName(call.path("name"));
    FileAnswer answer = new FileAnswer(call, name + ".letargo");
    Optional<VerifyDepth> verify = verify(call);
    call.blocking(() -> exports.start(name, verify, call.by(), answer));
  }

  private void exportCheckpoint(Call call) {
    VpsName name = new VpsName(call.path("name"));
    String word = call.path("checkpoint");
    Optional<VerifyDepth> verify = verify(call);
    FileAnswer answer = new FileAnswer(call, name + ".letargo");
    call.blocking(() -> {
      CheckpointId id = checkpoints.find(name, word).checkpoint().id();
      answer.named(name + "-" + id + ".letargo");
      exports.start(name, id, verify, call.by(), answer);
    });
  }

  /** The contract has checked the word. */
  private static Optional<VerifyDepth> verify(Call call) {
    return call.query("verify").map(word -> VerifyDepth.valueOf(word.toUpperCase(Locale.ROOT)));
  }

  private void importVps(Call call) {
    Optional<VpsName> name = call.query("name").map(VpsName::new);
    Uploads.receive(call, operations, upload -> start(call, name, upload));
  }

  private Operation start(Call call, Optional<VpsName> name, Upload upload) {
    return imports.start(name, call.by(), upload);
  }
}
