package org.letargo.manager.archive;

import java.util.Optional;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
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

/** Begins imports. */
public final class ImportVps {
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
    Import work = new Import(name, upload);
    if (name.isEmpty()) {
      registry.requireConnected();
      return operations.start(id, OperationKind.IMPORT, new Subject.Unnamed(), by, work);
    }
    registry.claimNew(name.get(), new VpsState.Importing(id));
    try {
      return operations.start(
          id,
          OperationKind.IMPORT,
          new Subject.OfVps(name.get()),
          by,
          claims.releasing(name.get(), id, work));
    } catch (RuntimeException e) {
      registry.release(name.get(), id);
      throw e;
    }
  }

  private final class Import implements Work {
    private final Optional<VpsName> name;
    private final Upload upload;

    Import(Optional<VpsName> name, Upload upload) {
      this.name = name;
      this.upload = upload;
    }

    @Override
    public void run(OperationRun run) {
      HookRequest.ImportVps request = new HookRequest.ImportVps(run.hookOperation(), name);
      upload
          .send(hook, request, run::progress)
          .ifPresent(report -> {
            run.named(report.spec().name());
            claims.catchUp(report.spec().name());
          });
    }

    @Override
    public void ended(Operation operation) {
      upload.end();
    }
  }
}
