package org.letargo.hook.protocol;

import java.util.List;

/** VPSes, by name. */
public record VpsList(List<VpsReport> vpses) {
  public VpsList {
    vpses = List.copyOf(vpses);
  }
}
