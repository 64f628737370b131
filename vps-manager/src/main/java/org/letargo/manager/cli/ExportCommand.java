package org.letargo.manager.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code letargo export}: a VPS as one file. */
@Command(
    name = "export",
    description = "Writes a suspended or stopped VPS into an archive.",
    footer = {
      "",
      "Example: letargo export web1 web1.letargo",
      "Example: letargo export web1 - | ssh other letargo import - --resume"
    })
final class ExportCommand extends CliCommand {
  @Parameters(index = "0", paramLabel = "NAME", description = "The VPS.")
  private VpsName name;

  @Parameters(index = "1", paramLabel = "FILE", description = "Where to; - is standard output.")
  private Path file;

  @Mixin private FileDownload download;

  @Override
  int run() throws IOException {
    var subject = new FileDownload.Subject("vps", name.value(), "the VPS");
    return download.run(
        this,
        subject,
        file,
        path(name) + "/archive",
        failure -> WrongState.refine(api(), name, failure));
  }
}
