package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.List;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code letargo status}: one line for each VPS, for scripts. Its fields are fixed (docs/cli.md);
 * new ones come only at the end.
 */
@Command(
    name = "status",
    description = "Prints one stable line for each VPS.",
    footer = {
      "",
      "The line: VPS NAME exist|deleted STATE ADDRESS TEMPLATE MEMORY_BYTES CHECKPOINT LOADED_PERCENT",
      "Example: letargo status web1"
    })
final class StatusCommand extends CliCommand {
  @Parameters(arity = "1..*", paramLabel = "NAME", description = "The VPSes.")
  private List<VpsName> names;

  @Override
  int run() {
    ExitStatus worst = ExitStatus.OK;
    var found = object();
    ArrayNode all = found.putArray("vps");
    for (VpsName name : names) {
      try {
        JsonNode vps = api().get(path(name));
        all.add(vps);
        if (!output().isJson()) {
          output().line(line(name, vps));
        }
      } catch (CliFailure failure) {
        if (failure.status() != ExitStatus.NOT_FOUND) {
          throw failure;
        }
        if (!output().isJson()) {
          output().line("VPS " + name + " deleted - - - - - -");
        }
        output().failure(failure);
        worst = ExitStatus.NOT_FOUND;
      }
    }
    if (output().isJson() && names.size() > 1) {
      output().document(found);
    } else if (output().isJson() && !all.isEmpty()) {
      output().document(all.get(0));
    }
    return worst.number();
  }

  private static String line(VpsName name, JsonNode vps) {
    return String.join(
        " ",
        "VPS",
        name.value(),
        "exist",
        vps.path("state").asText("-"),
        vps.path("address").asText("-"),
        vps.path("template").asText("-"),
        vps.path("memoryBytes").asText("-"),
        vps.path("checkpoint").path("id").asText("-"),
        vps.path("loading").path("percent").asText("-"));
  }
}
