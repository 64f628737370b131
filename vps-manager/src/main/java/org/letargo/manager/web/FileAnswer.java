package org.letargo.manager.web;

import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.OperationId;
import org.letargo.manager.operation.FileSink;

/**
 * The answer that an archive or a template file is written to. Its head is sent with the first
 * byte, so that what fails before has a proper status; what fails later resets the connection.
 */
public final class FileAnswer implements FileSink {
  private final Call call;
  private final HttpServerResponse response;
  private final Outbound out;
  private volatile OperationId operation;
  private volatile String fileName;
  private boolean begun;

  /** On the event loop of the request. */
  public FileAnswer(Call call, String fileName) {
    this.call = call;
    this.fileName = fileName;
    this.response = call.routing().response();
    this.out = Outbound.of(call.context(), response::write);
    response.closeHandler(_ -> out.broken(new IOException("the connection was closed")));
    response.exceptionHandler(out::broken);
  }

  /** The file has another name than was thought; before it begins. */
  public void named(String better) {
    fileName = better;
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
          .putHeader("Content-Disposition", "attachment; filename=\"" + fileName + "\"")
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
