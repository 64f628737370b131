package org.letargo.manager.vps;

import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;

/** A VPS as the manager sees it now. */
public record Vps(VpsName name, VpsState state, Known known) {
  /** What the hook has told of it. */
  public sealed interface Known {
    /** Nothing yet: it is being made. */
    record Nothing() implements Known {}

    /** Its last report. */
    record Reported(VpsReport report) implements Known {}
  }
}
