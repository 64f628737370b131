package org.letargo.manager.archive;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;
import org.letargo.manager.operation.HookCalls;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.OperationKind;
import org.letargo.manager.operation.OperationRun;
import org.letargo.manager.operation.Operations;
import org.letargo.manager.operation.Subject;
import org.letargo.manager.operation.Upload;
import org.letargo.manager.operation.Work;
import org.letargo.manager.vps.VpsClaims;
import org.letargo.manager.vps.VpsRegistry;
import org.letargo.manager.vps.VpsState;

/** Begins imports, of archives and of what peers send. */
public final class ImportVps {
  /** Who sends a VPS, and hears what this host answers. */
  public interface Sender extends Upload.Answers {
    /** It has ended; the last call. */
    void ended(Operation operation);
  }

  private final VpsRegistry registry;
  private final VpsClaims claims;
  private final Operations operations;
  private final HookCalls hook;

  public ImportVps(VpsRegistry registry, VpsClaims claims, Operations operations, HookCalls hook) {
    this.registry = registry;
    this.claims = claims;
    this.operations = operations;
    this.hook = hook;
  }

  /**
   * Begins; the upload is read on threads of the operation.
   *
   * @param name empty: the name in the archive
   * @throws VpsException NAME_TAKEN, BUSY, HOOK_UNREACHABLE; the upload is not touched then
   */
  public Operation start(Optional<VpsName> name, String by, Upload upload) {
    OperationId id = OperationId.create();
    Function<OperationId, HookRequest.Change<VpsReport>> request =
        asked -> new HookRequest.ImportVps(asked, name);
    Import work = new Import(request, upload, _ -> {}, _ -> {});
    if (name.isEmpty()) {
      registry.requireConnected();
      return operations.start(id, OperationKind.IMPORT, new Subject.Unnamed(), by, work);
    }
    return start(id, OperationKind.IMPORT, name.get(), by, work);
  }

  /**
   * Begins to receive a VPS from a peer; the upload is read on threads of the operation.
   *
   * @throws VpsException NAME_TAKEN, BUSY, HOOK_UNREACHABLE; neither the upload nor the sender is
   *     touched then
   */
  public Operation receive(VpsName name, String by, Upload upload, Sender sender) {
    OperationId id = OperationId.create();
    Function<OperationId, HookRequest.Change<VpsReport>> request =
        asked -> new HookRequest.ReceiveVps(asked, Optional.of(name));
    Import work = new Import(request, upload, sender, sender::ended);
    return start(id, OperationKind.RECEIVE, name, by, work);
  }

  private Operation start(
      OperationId id, OperationKind kind, VpsName name, String by, Import work) {
    registry.claimNew(name, new VpsState.Importing(id));
    try {
      Work releasing = claims.releasing(name, id, work);
      return operations.start(id, kind, new Subject.OfVps(name), by, releasing);
    } catch (RuntimeException e) {
      registry.release(name, id);
      throw e;
    }
  }

  private final class Import implements Work {
    private final Function<OperationId, HookRequest.Change<VpsReport>> request;
    private final Upload upload;
    private final Upload.Answers answers;
    private final Consumer<Operation> atEnd;

    Import(
        Function<OperationId, HookRequest.Change<VpsReport>> request,
        Upload upload,
        Upload.Answers answers,
        Consumer<Operation> atEnd) {
      this.request = request;
      this.upload = upload;
      this.answers = answers;
      this.atEnd = atEnd;
    }

    @Override
    public void run(OperationRun run) {
      upload
          .send(hook, request.apply(run.hookOperation()), run::progress, answers)
          .ifPresent(report -> {
            run.named(report.spec().name());
            claims.catchUp(report.spec().name());
          });
    }

    @Override
    public void ended(Operation operation) {
      upload.end();
      atEnd.accept(operation);
    }
  }
}
