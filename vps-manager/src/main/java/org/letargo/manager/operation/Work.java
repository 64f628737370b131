package org.letargo.manager.operation;

/** What an operation does; on a virtual thread of its own. */
@FunctionalInterface
public interface Work {
  /**
   * Does it; returns when it is done.
   *
   * @throws org.letargo.hook.protocol.VpsException to end as failed, or as cancelled with that code
   */
  void run(OperationRun run);

  /** Called after its end was journalled and told. */
  default void ended(Operation operation) {}
}
