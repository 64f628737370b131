package org.letargo.manager.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.letargo.hook.protocol.DataSize;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code letargo export}: a VPS as one file. */
@Command(
    name = "export",
    description = "Writes a suspended or stopped VPS, or a checkpoint of any, into an archive.",
    footer = {
      "",
      "Example: letargo export web1 web1.letargo",
      "Example: letargo export web1@before-upgrade web1.letargo",
      "Example: letargo export web1 - | ssh other letargo import - --resume"
    })
final class ExportCommand extends CliCommand {
  private static final int BUFFER = 256 << 10;

  @Parameters(
      index = "0",
      paramLabel = "NAME[@CHECKPOINT]",
      description = "The VPS, as it is or as it was.")
  private CheckpointPlace place;

  @Parameters(index = "1", paramLabel = "FILE", description = "Where to; - is standard output.")
  private Path file;

  @Option(names = "--force", description = "Replace FILE when it is there.")
  private boolean force;

  @Override
  int run() throws IOException {
    boolean toOutput = file.toString().equals("-");
    if (toOutput && environment().terminal().isOutput()) {
      throw new CliFailure(
          ExitStatus.INVALID_PARAMETER,
          "INVALID_REQUEST",
          "did not export " + place,
          "an archive is not for a terminal",
          "Give a file name, or let '-' lead into a pipe.");
    }
    if (toOutput) {
      transfer(environment().out());
      return ExitStatus.OK.number();
    }
    long bytes;
    try (ArchiveFile archive = ArchiveFile.create(file, force);
        OutputStream out = archive.stream()) {
      bytes = transfer(out);
      archive.keep();
    } catch (IOException e) {
      throw unwritable(String.valueOf(e.getMessage()));
    }
    if (output().isJson()) {
      output()
          .document(
              object()
                  .put("vps", place.vps().value())
                  .put("file", file.toString())
                  .put("bytes", bytes));
    } else {
      output().line(place + ": exported, " + DataSize.ofBytes(bytes) + " in " + file);
    }
    return ExitStatus.OK.number();
  }

  /** Returns the number of bytes; a broken stream is never taken for the end. */
  private long transfer(OutputStream out) throws IOException {
    HttpResponse<InputStream> response;
    try {
      response = api().download(place.path() + "/archive");
    } catch (CliFailure failure) {
      throw WrongState.refine(api(), place.vps(), failure);
    }
    Optional<String> operation = response.headers().firstValue("Letargo-Operation");
    OptionalLong length = response.headers().firstValueAsLong("Content-Length");
    try (var display = ProgressDisplay.of(output(), environment().terminal(), true);
        var in =
            new ByteProgress(
                response.body(), display, "export", place.toString(), "writing", length)) {
      byte[] buffer = new byte[BUFFER];
      for (int count = read(in, buffer, operation);
          count >= 0;
          count = read(in, buffer, operation)) {
        out.write(buffer, 0, count);
      }
      out.flush();
      return in.bytes();
    }
  }

  private int read(InputStream in, byte[] buffer, Optional<String> operation) {
    try {
      return in.read(buffer);
    } catch (IOException broken) {
      throw reason(operation, broken);
    }
  }

  /** The operation knows why the archive broke off. */
  private CliFailure reason(Optional<String> operation, IOException broken) {
    if (operation.isPresent()) {
      try {
        String path = "/v1/operations/" + ManagerUrl.encoded(operation.get());
        OperationView view = OperationView.of(api().get(path));
        if (!view.isRunning() && !view.hasSucceeded()) {
          return view.failure();
        }
      } catch (CliFailure cannotAsk) {
        // then what is known here has to do
      }
    }
    var failure =
        new CliFailure(
            ExitStatus.MANAGER_UNREACHABLE,
            "MANAGER_UNREACHABLE",
            "cannot export '" + place + "'",
            "the connection broke before the archive's end (" + broken.getMessage() + ")",
            "The VPS is as it was; try again.");
    failure.initCause(broken);
    return failure;
  }

  private CliFailure unwritable(String why) {
    boolean full = why.contains("No space left"); // strerror(ENOSPC): the JDK hands on no errno
    return new CliFailure(
        full ? ExitStatus.NO_SPACE : ExitStatus.SYSTEM,
        full ? "NO_SPACE" : "INTERNAL",
        "cannot write '" + file + "'",
        why,
        "Nothing of it is left; the VPS is as it was.");
  }
}
