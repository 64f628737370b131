package org.letargo.manager.archive;

import java.util.Optional;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.VerifyDepth;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.operation.Download;
import org.letargo.manager.operation.FileSink;
import org.letargo.manager.operation.HookCalls;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.OperationKind;
import org.letargo.manager.operation.Operations;
import org.letargo.manager.operation.Subject;
import org.letargo.manager.operation.Work;
import org.letargo.manager.vps.VpsClaims;
import org.letargo.manager.vps.VpsMove;
import org.letargo.manager.vps.VpsRegistry;

/** Begins exports. */
public final class ExportVps {
  private final VpsRegistry registry;
  private final VpsClaims claims;
  private final Operations operations;
  private final HookCalls hook;

  public ExportVps(VpsRegistry registry, VpsClaims claims, Operations operations, HookCalls hook) {
    this.registry = registry;
    this.claims = claims;
    this.operations = operations;
    this.hook = hook;
  }

  /**
   * Begins; the sink hears all that follows on the operation's thread.
   *
   * @param verify what has to be passed before anything is written
   * @throws VpsException NOT_FOUND, BUSY, WRONG_STATE, HOOK_UNREACHABLE; the sink hears nothing
   *     then
   */
  public Operation start(VpsName name, Optional<VerifyDepth> verify, String by, FileSink sink) {
    OperationId id = OperationId.create();
    registry.claim(name, VpsMove.EXPORT, id);
    Download download = download(name, Optional.empty(), verify, "VPS '" + name + "'", sink);
    try {
      Work work = claims.releasing(name, id, download);
      return operations.start(id, OperationKind.EXPORT, new Subject.OfVps(name), by, work);
    } catch (RuntimeException e) {
      registry.release(name, id);
      throw e;
    }
  }

  /**
   * Begins the export of a checkpoint, beside whatever the VPS does; the sink hears all that
   * follows on the operation's thread.
   *
   * @param verify what it has to pass before anything is written
   * @throws VpsException BUSY if too many operations run; the sink hears nothing then
   */
  public Operation start(
      VpsName name,
      CheckpointId checkpoint,
      Optional<VerifyDepth> verify,
      String by,
      FileSink sink) {
    String subject = "checkpoint '" + checkpoint + "' of VPS '" + name + "'";
    return operations.start(
        OperationId.create(),
        OperationKind.EXPORT,
        new Subject.OfVps(name),
        by,
        download(name, Optional.of(checkpoint), verify, subject, sink));
  }

  private Download download(
      VpsName name,
      Optional<CheckpointId> checkpoint,
      Optional<VerifyDepth> verify,
      String subject,
      FileSink sink) {
    return new Download(
        hook, asked -> new HookRequest.ExportVps(asked, name, checkpoint, verify), subject, sink);
  }
}
