package org.letargo.manager.archive;

import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.util.Optional;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.Operations;
import org.letargo.manager.operation.Upload;
import org.letargo.manager.timeline.Checkpoints;
import org.letargo.manager.web.Call;
import org.letargo.manager.web.Endpoints;
import org.letargo.manager.web.Outbound;
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
    Download download = new Download(call, name.value());
    call.blocking(() -> exports.start(name, call.by(), download));
  }

  private void exportCheckpoint(Call call) {
    VpsName name = new VpsName(call.path("name"));
    String word = call.path("checkpoint");
    Download download = new Download(call, name.value());
    call.blocking(() -> {
      CheckpointId id = checkpoints.find(name, word).checkpoint().id();
      download.file = name + "-" + id;
      exports.start(name, id, call.by(), download);
    });
  }

  private void importVps(Call call) {
    Optional<VpsName> name = call.query("name").map(VpsName::new);
    Uploads.receive(call, operations, upload -> start(call, name, upload));
  }

  private Operation start(Call call, Optional<VpsName> name, Upload upload) {
    return imports.start(name, call.by(), upload);
  }

  /**
   * The answer that an archive is written to. Its head is sent with the first byte, so that what
   * fails before has a proper status; what fails later resets the connection.
   */
  private static final class Download implements ArchiveSink {
    private final Call call;
    private final HttpServerResponse response;
    private final Outbound out;
    private volatile OperationId operation;

    /** The name of the file, without its ending. */
    private volatile String file;

    private boolean begun;

    Download(Call call, String file) {
      this.call = call;
      this.file = file;
      this.response = call.routing().response();
      this.out = new Outbound(call.context(), response::write);
      response.closeHandler(_ -> out.broken(new IOException("the connection was closed")));
      response.exceptionHandler(out::broken);
    }

    @Override
    public void begins(OperationId id) {
      operation = id;
    }

    @Override
    public void write(byte[] part) throws IOException {
      if (!begun) {
        begun = true;
        call.context().runOnContext(_ -> head());
      }
      out.write(part);
    }

    private void head() {
      if (!response.closed()) {
        response
            .setChunked(true)
            .putHeader("Content-Type", "application/zstd")
            .putHeader("Content-Disposition", "attachment; filename=\"" + file + ".letargo\"")
            .putHeader("Letargo-Operation", operation.value());
      }
    }

    @Override
    public void ends() {
      call.context()
          .runOnContext(_ -> {
            if (!response.closed()) {
              response.end();
            }
          });
    }

    @Override
    public void fails(Failure failure) {
      if (!begun) {
        call.fail(failure.toException());
        return;
      }
      call.context().runOnContext(_ -> response.reset());
    }
  }
}
