package org.letargo.manager.peer;

import java.util.List;

/**
 * How the replacement of the certificate authority stands; schema Rotation.
 *
 * @param finished whether the new one is used
 * @param waitsFor peers that have not heard of it yet; nothing is used before they have
 */
public record Rotation(boolean finished, List<PeerName> waitsFor) {
  public Rotation {
    waitsFor = List.copyOf(waitsFor);
  }
}
