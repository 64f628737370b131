package org.letargo.hook.protocol;

import java.util.List;
import java.util.Optional;

/**
 * Whether a host has what only one VPS can have, and what such a VPS needs, at this moment; nothing
 * is reserved.
 *
 * @param nameFree whether no VPS has the name or is about to get it
 * @param addressInSubnet whether the VPSes of the host may have such an address
 * @param addressHolder the VPS that has the address or is about to get it
 * @param portsInUse ports of the host that are taken, in the order of the request
 * @param template a template of the same contents, whatever its name here
 * @param storeRoom what the store may still take
 * @param storeEncrypted whether the store is encrypted: it cannot tell by plain hashes what it has
 */
public record ArrivalReport(
    boolean nameFree,
    boolean addressInSubnet,
    Optional<VpsName> addressHolder,
    List<PortInUse> portsInUse,
    Optional<TemplateName> template,
    DataSize storeRoom,
    boolean storeEncrypted) {
  /**
   * A port that cannot be published.
   *
   * @param why half a sentence, such as {@code VPS 'web2' has it}
   */
  public record PortInUse(PublishedPort port, String why) {}

  public ArrivalReport {
    portsInUse = List.copyOf(portsInUse);
  }
}
