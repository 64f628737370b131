package org.letargo.manager.migration;

import org.letargo.hook.protocol.VpsName;

/** Whether a VPS may begin to move: the last question before anything is touched. */
@FunctionalInterface
public interface Admittance {
  /**
   * @param peer the name of the host that it goes to
   * @throws org.letargo.hook.protocol.VpsException PEER_REFUSED with what stands in the way; what
   *     asking may fail with
   */
  void require(VpsName name, String peer);
}
