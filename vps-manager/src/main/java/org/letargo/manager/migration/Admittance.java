package org.letargo.manager.migration;

import org.letargo.hook.protocol.DepartureReport;
import org.letargo.hook.protocol.VpsName;

/** Whether a VPS may begin to move: the last question before anything is touched. */
@FunctionalInterface
public interface Admittance {
  /**
   * What was found.
   *
   * @param vps what it needs
   * @param hasTemplate whether the other host has a template of the same contents
   * @param knowsChunks whether the other host can tell by plain hashes what its store has
   */
  record Admitted(DepartureReport vps, boolean hasTemplate, boolean knowsChunks) {}

  /**
   * @param peer the name of the host that it goes to
   * @throws org.letargo.hook.protocol.VpsException PEER_REFUSED with what stands in the way; what
   *     asking may fail with
   */
  Admitted require(VpsName name, String peer);
}
