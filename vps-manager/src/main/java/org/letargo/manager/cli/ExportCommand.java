package org.letargo.manager.cli;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
  @Parameters(
      index = "0",
      paramLabel = "NAME[@CHECKPOINT]",
      description = "The VPS, as it is or as it was.")
  private CheckpointPlace place;

  @Parameters(index = "1", paramLabel = "FILE", description = "Where to; - is standard output.")
  private Path file;

  @Mixin private VerifyOption verify;
  @Mixin private FileDownload download;

  @Override
  int run() throws IOException {
    var subject = new FileDownload.Subject("vps", place.vps().value(), place.toString(), "the VPS");
    return download.run(
        this,
        subject,
        file,
        place.path() + "/archive" + verify.query(),
        failure -> WrongState.refine(api(), place.vps(), failure));
  }
}
