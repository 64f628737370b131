package org.letargo.hook.change;

import java.io.IOException;
import java.util.List;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookExchange;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;

/** What is done to templates and has to do with VPSes or callers too. */
final class TemplateChanges {
  private final Host host;

  TemplateChanges(Host host) {
    this.host = host;
  }

  void export(TemplateName name, Operation operation, HookExchange exchange) {
    try {
      host.templates().export(name, new CallerOutput(exchange), operation);
    } catch (IOException e) {
      throw new VpsException(
          Code.CANCELLED,
          "the export of template '" + name + "' has ended early",
          "whoever received the file hung up (" + e.getMessage() + ")",
          "Start it again.",
          e);
    }
  }

  /** Its VPSes keep it; their checkpoints are theirs. */
  void remove(TemplateName name, Operation operation) {
    host.templates().remove(name, () -> vpsesOn(name), operation);
  }

  private List<VpsName> vpsesOn(TemplateName name) {
    return host.vpses().all().stream()
        .map(vps -> vps.spec())
        .filter(spec -> spec.template().equals(name))
        .map(spec -> spec.name())
        .toList();
  }
}
