package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code letargo import}: an archive becomes a VPS. */
@Command(
    name = "import",
    description = "Makes a VPS of an archive.",
    footer = {"", "Example: letargo import web1.letargo --name web2 --resume"})
final class ImportCommand extends CliCommand {
  @Parameters(paramLabel = "FILE", description = "The archive; - is standard input.")
  private Path file;

  @Option(names = "--name", paramLabel = "NEW", description = "Its name here; else its old one.")
  private Optional<VpsName> name = Optional.empty();

  @Option(
      names = {"--resume", "--start"},
      description = "Bring it to life as well: resumed, or started if it has no memory.")
  private boolean resume;

  @Mixin private Changes changes;

  @Override
  int run() throws IOException, InterruptedException {
    if (resume && changes.noWait()) {
      throw new ParameterException(
          spec().commandLine(), "--resume has to wait for the import, --no-wait forbids it");
    }
    JsonNode ended =
        changes.await(cli(), true, Optional.of("imported"), OperationView.of(upload()));
    if (resume) {
      ended = bringToLife(new VpsName(ended.path("vps").asText()));
    }
    if (output().isJson()) {
      output().document(ended);
    }
    return ExitStatus.OK.number();
  }

  /** An archive of a stopped VPS has a disk and no memory. */
  private JsonNode bringToLife(VpsName imported) throws InterruptedException {
    boolean hasMemory = api().get(path(imported)).path("state").asText().equals("suspended");
    String verb = hasMemory ? "resume" : "start";
    return changes.one(
        cli(),
        true,
        hasMemory ? "resumed" : "started",
        () -> api().post(path(imported) + "/" + verb, Optional.empty()));
  }

  private JsonNode upload() throws IOException {
    String path = "/v1/archives" + name.map(given -> "?name=" + given).orElse("");
    return send(this, "POST", path, "application/zstd", file, "import");
  }

  /** Sends a file or standard input, showing how far it is. */
  static JsonNode send(
      CliCommand command, String method, String path, String contentType, Path file, String kind)
      throws IOException {
    boolean fromInput = file.toString().equals("-");
    try (InputStream in = fromInput ? InputStream.nullInputStream() : open(file);
        var display =
            ProgressDisplay.of(command.output(), command.environment().terminal(), true)) {
      // the size of what is no plain file (a fifo, a device) says nothing
      OptionalLong length =
          !fromInput && Files.isRegularFile(file)
              ? OptionalLong.of(Files.size(file))
              : OptionalLong.empty();
      var counted =
          new ByteProgress(
              fromInput ? command.environment().in() : in,
              display,
              kind,
              fromInput ? "standard input" : file.getFileName().toString(),
              "uploading",
              length);
      return command.api().upload(method, path, contentType, new Upload.Source(counted, length));
    }
  }

  private static InputStream open(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw new IOException("it is a folder");
      }
      return Files.newInputStream(file);
    } catch (IOException e) {
      throw new CliFailure(
          ExitStatus.INVALID_VALUE,
          "INVALID_REQUEST",
          "cannot read '" + file + "'",
          e instanceof NoSuchFileException ? "it does not exist" : String.valueOf(e.getMessage()),
          "Name a file that you may read.");
    }
  }
}
