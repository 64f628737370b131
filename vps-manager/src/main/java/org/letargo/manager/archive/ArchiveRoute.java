package org.letargo.manager.archive;

import java.util.Optional;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.Operations;
import org.letargo.manager.operation.Upload;
import org.letargo.manager.web.Call;
import org.letargo.manager.web.Endpoints;
import org.letargo.manager.web.FileAnswer;
import org.letargo.manager.web.Uploads;

/** Archives: download and upload. */
public final class ArchiveRoute {
  private final ExportVps exports;
  private final ImportVps imports;
  private final Operations operations;

  public ArchiveRoute(ExportVps exports, ImportVps imports, Operations operations) {
    this.exports = exports;
    this.imports = imports;
    this.operations = operations;
  }

  public void addTo(Endpoints endpoints) {
    endpoints.add("exportVps", this::export).add("importVps", this::importVps);
  }

  private void export(Call call) {
    VpsName name = new VpsName(call.path("name"));
    FileAnswer answer = new FileAnswer(call, name + ".letargo");
    call.blocking(() -> exports.start(name, call.by(), answer));
  }

  private void importVps(Call call) {
    Optional<VpsName> name = call.query("name").map(VpsName::new);
    Uploads.receive(call, operations, upload -> start(call, name, upload));
  }

  private Operation start(Call call, Optional<VpsName> name, Upload upload) {
    return imports.start(name, call.by(), upload);
  }
}
