package org.letargo.manager.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.letargo.hook.protocol.DataSize;
import picocli.CommandLine.Option;

/** Writes what the manager streams into a file or to standard output; an option group. */
final class FileDownload {
  private static final int BUFFER = 256 << 10;

  @Option(names = "--force", description = "Replace FILE when it is there.")
  private boolean force;

  /**
   * What is exported.
   *
   * @param kind its key in JSON
   * @param words for messages, such as "the VPS"
   */
  record Subject(String kind, String name, String words) {}

  /**
   * Downloads it and says how large it is.
   *
   * @param file - is standard output
   * @param path of the API
   * @param refine makes the failure of the request more exact
   * @return the exit status
   */
  int run(
      CliCommand command, Subject subject, Path file, String path, UnaryOperator<CliFailure> refine)
      throws IOException {
    return new Run(command, subject, file, path, refine, force).run();
  }

  private record Run(
      CliCommand command,
      Subject subject,
      Path file,
      String path,
      UnaryOperator<CliFailure> refine,
      boolean force) {
    int run() throws IOException {
      boolean toOutput = file.toString().equals("-");
      if (toOutput && command.environment().terminal().isOutput()) {
        throw new CliFailure(
            ExitStatus.INVALID_PARAMETER,
            "INVALID_REQUEST",
            "did not export " + subject.name(),
            "an archive is not for a terminal",
            "Give a file name, or let '-' lead into a pipe.");
      }
      if (toOutput) {
        transfer(command.environment().out());
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
      Output output = command.output();
      if (output.isJson()) {
        output.document(
            CliCommand.object()
                .put(subject.kind(), subject.name())
                .put("file", file.toString())
                .put("bytes", bytes));
      } else {
        output.line(subject.name() + ": exported, " + DataSize.ofBytes(bytes) + " in " + file);
      }
      return ExitStatus.OK.number();
    }

    /** Returns the number of bytes; a broken stream is never taken for the end. */
    private long transfer(OutputStream out) throws IOException {
      HttpResponse<InputStream> response;
      try {
        response = command.api().download(path);
      } catch (CliFailure failure) {
        throw refine.apply(failure);
      }
      Optional<String> operation = response.headers().firstValue("Letargo-Operation");
      OptionalLong length = response.headers().firstValueAsLong("Content-Length");
      try (var display =
              ProgressDisplay.of(command.output(), command.environment().terminal(), true);
          var in =
              new ByteProgress(
                  response.body(), display, "export", subject.name(), "writing", length)) {
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
          String asked = "/v1/operations/" + ManagerUrl.encoded(operation.get());
          OperationView view = OperationView.of(command.api().get(asked));
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
              "cannot export '" + subject.name() + "'",
              "the connection broke before the archive's end (" + broken.getMessage() + ")",
              "Nothing has changed; try again.");
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
          "Nothing of it is left; " + subject.words() + " is as it was.");
    }
  }
}
