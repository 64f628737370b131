package org.letargo.manager.template;

import java.util.List;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.TemplateReport;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.operation.HookCalls;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.OperationKind;
import org.letargo.manager.operation.OperationRun;
import org.letargo.manager.operation.Operations;
import org.letargo.manager.operation.Subject;
import org.letargo.manager.operation.Upload;
import org.letargo.manager.operation.Work;

/** The templates of the hook. Its methods block. */
public final class Templates {
  private final Operations operations;
  private final HookCalls hook;

  public Templates(Operations operations, HookCalls hook) {
    this.operations = operations;
    this.hook = hook;
  }

  /** All, by name. */
  public List<TemplateReport> list() {
    return hook.client().call(new HookRequest.ListTemplates()).templates();
  }

  /**
   * Begins to build one that ships with Letargo.
   *
   * @throws VpsException NOT_FOUND, HOOK_UNREACHABLE
   */
  public Operation build(TemplateName name, String by) {
    if (!isKnown(name)) {
      throw new VpsException(
          Code.NOT_FOUND,
          "there is no template '" + name + "'",
          "none of that name ships with Letargo",
          "List them with 'letargo template list'.");
    }
    OperationId id = OperationId.create();
    HookRequest.BuildTemplate request = new HookRequest.BuildTemplate(id, name);
    return operations.start(
        id,
        OperationKind.TEMPLATE_BUILD,
        new Subject.OfTemplate(name),
        by,
        run -> hook.change(request, run::progress));
  }

  /**
   * Begins to make one from a tar; the upload is read on threads of the operation.
   *
   * @throws VpsException NAME_TAKEN, HOOK_UNREACHABLE; the upload is not touched then
   */
  public Operation add(TemplateName name, String by, Upload upload) {
    if (isKnown(name)) {
      throw new VpsException(
          Code.NAME_TAKEN,
          "cannot add template '" + name + "'",
          "there is one of that name",
          "Choose another name.");
    }
    OperationId id = OperationId.create();
    Work work =
        new Work() {
          @Override
          public void run(OperationRun run) {
            HookRequest.AddTemplate request = new HookRequest.AddTemplate(id, name);
            upload.send(hook, request, run::progress);
          }

          @Override
          public void ended(Operation operation) {
            upload.end();
          }
        };
    return operations.start(id, OperationKind.TEMPLATE_ADD, new Subject.OfTemplate(name), by, work);
  }

  private boolean isKnown(TemplateName name) {
    return list().stream().anyMatch(template -> template.name().equals(name));
  }
}
