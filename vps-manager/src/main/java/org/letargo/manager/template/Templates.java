package org.letargo.manager.template;

import java.util.List;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.TemplateReport;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.operation.Download;
import org.letargo.manager.operation.FileSink;
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
   * Begins to make one from a template file or a tar; the upload is read on threads of the
   * operation.
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

  /**
   * Begins to write one as a file; the sink hears all that follows on the operation's thread.
   *
   * @throws VpsException NOT_FOUND, HOOK_UNREACHABLE; the sink hears nothing then
   */
  public Operation export(TemplateName name, String by, FileSink sink) {
    requireKnown(name);
    OperationId id = OperationId.create();
    Download download =
        new Download(
            hook,
            asked -> new HookRequest.ExportTemplate(asked, name),
            "template '" + name + "'",
            sink);
    return operations.start(
        id, OperationKind.TEMPLATE_EXPORT, new Subject.OfTemplate(name), by, download);
  }

  /**
   * Begins to remove one; it fails while VPSes need it.
   *
   * @throws VpsException NOT_FOUND, HOOK_UNREACHABLE
   */
  public Operation remove(TemplateName name, String by) {
    requireKnown(name);
    OperationId id = OperationId.create();
    HookRequest.RemoveTemplate request = new HookRequest.RemoveTemplate(id, name);
    return operations.start(
        id,
        OperationKind.TEMPLATE_REMOVE,
        new Subject.OfTemplate(name),
        by,
        run -> hook.change(request, run::progress));
  }

  private void requireKnown(TemplateName name) {
    if (!isKnown(name)) {
      throw new VpsException(
          Code.NOT_FOUND,
          "there is no template '" + name + "'",
          "none of that name is on this host",
          "List them with 'letargo template list'.");
    }
  }

  private boolean isKnown(TemplateName name) {
    return list().stream().anyMatch(template -> template.name().equals(name));
  }
}
