package org.letargo.hook.vps;

import org.letargo.hook.protocol.VpsSpec;

/**
 * What is kept of a VPS for as long as it exists ({@code spec.json}).
 *
 * @param hostIdBase the user and group id on the host of its root; 65,536 ids follow
 * @param templateDigest hash of the template's contents that its disk builds on
 */
public record StoredVps(VpsSpec spec, int hostIdBase, String templateDigest) {
  /** How many user and group ids a VPS has. */
  public static final int ID_COUNT = 65_536;
}
