package org.letargo.manager.peer;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import org.letargo.hook.protocol.HostReport;
import org.letargo.hook.protocol.VpsException;

/**
 * What a VPS that comes from another host, or goes to one, has to do with. Another Letargo may say
 * more: that is left out.
 *
 * @param protocol how VPSes move between this Letargo and others: {@link #PROTOCOL}
 * @param subnet where the addresses of its VPSes come from, such as {@code 10.77.0.0/16}
 * @param controllers of cgroups, such as {@code memory}
 * @param features of engine and kernel, such as {@code timens}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record HostFacts(
    int protocol, PeerFacts host, String subnet, List<String> controllers, List<String> features) {
  /** Grows when a Letargo can no longer move VPSes to or from the one before. */
  public static final int PROTOCOL = 1;

  private static final int MAX_WORDS = 100;
  private static final int MAX_WORD = 64;

  /**
   * @throws VpsException INVALID_REQUEST if there is more than any host has
   */
  public HostFacts {
    controllers = List.copyOf(controllers);
    features = List.copyOf(features);
    if (subnet.length() > MAX_WORD || tooMuch(controllers) || tooMuch(features)) {
      throw VpsException.invalid(
          "what the peer says of itself", "a part of it is too long", "Look at that host.");
    }
  }

  private static boolean tooMuch(List<String> words) {
    return words.size() > MAX_WORDS || words.stream().anyMatch(word -> word.length() > MAX_WORD);
  }

  /** What the hook says of this host, with what the manager knows. */
  public static HostFacts of(HostReport report, String managerVersion) {
    return new HostFacts(
        PROTOCOL,
        PeerFacts.of(report, managerVersion),
        report.subnet(),
        report.controllers(),
        report.features());
  }
}
