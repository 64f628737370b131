package org.letargo.archive;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The VPS that a checkpoint was taken of. Plain values: whoever imports it decides what they mean.
 *
 * @param name 1 to 32 lower-case letters, digits and hyphens
 * @param template name of the template that the disk changes are relative to
 * @param templateDigest {@code sha256:} and 64 hexadecimal digits, the template's content
 * @param memoryBytes limit, 16 MiB to 16 TiB
 * @param milliCpus limit in thousandths of a processor
 * @param pids limit of processes and threads
 * @param address IPv4, dotted
 * @param mac six pairs of lower-case hexadecimal digits with colons, not a group address
 * @param hostname inside the VPS
 */
public record VpsDescription(
    String name,
    String template,
    String templateDigest,
    long memoryBytes,
    int milliCpus,
    int pids,
    String address,
    String mac,
    String hostname,
    List<PortMapping> publishedPorts) {
  private static final Pattern NAME = Pattern.compile("[a-z]([a-z0-9-]{0,30}[a-z0-9])?");
  private static final Pattern TEMPLATE =
      Pattern.compile("(?!.*\\.\\.)[a-z0-9]([a-z0-9.-]{0,30}[a-z0-9])?");
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  private static final Pattern ADDRESS = Pattern.compile("(" + OCTET + "\\.){3}" + OCTET);
  private static final Pattern MAC =
      Pattern.compile("[0-9a-f][02468ace](:[0-9a-f]{2}){5}"); // odd second digit: group address
  private static final Pattern HOSTNAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,62})?");
  private static final int MAX_PORTS = 1024;

  /**
   * @throws ArchiveException REFUSED if a value has the wrong form
   */
  public VpsDescription {
    Checks.matches(NAME, name, "vps.name");
    Checks.matches(TEMPLATE, template, "vps.template");
    Checks.matches(DIGEST, templateDigest, "vps.templateDigest");
    Checks.inRange(memoryBytes, 16L << 20, Checks.MAX_BYTES, "vps.memoryBytes");
    Checks.inRange(milliCpus, 50, 1_024_000, "vps.milliCpus");
    Checks.inRange(pids, 16, 1_000_000, "vps.pids");
    Checks.matches(ADDRESS, address, "vps.address");
    Checks.matches(MAC, mac, "vps.mac");
    Checks.matches(HOSTNAME, hostname, "vps.hostname");
    Checks.inRange(publishedPorts.size(), 0, MAX_PORTS, "vps.publishedPorts (count)");
    publishedPorts = List.copyOf(publishedPorts);
  }

  /** A port of the host that led to a port of the VPS. */
  public record PortMapping(int hostPort, int vpsPort, Transport transport) {
    /** What travels over it. */
    public enum Transport {
      TCP,
      UDP
    }

    /**
     * @throws ArchiveException REFUSED if a port is not from 1 to 65535
     */
    public PortMapping {
      Checks.inRange(hostPort, 1, 65535, "vps.publishedPorts.hostPort");
      Checks.inRange(vpsPort, 1, 65535, "vps.publishedPorts.vpsPort");
    }
  }
}
