package org.letargo.manager.migration;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsSpec;

/** What a VPS that wants to come needs for itself. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ArrivalWish(VpsName name, Ipv4Address address, List<PublishedPort> published) {
  private static final int MAX_PORTS = 1024;

  /**
   * @throws VpsException INVALID_REQUEST if there are more ports than anybody has
   */
  public ArrivalWish {
    if (published.size() > MAX_PORTS) {
      throw VpsException.invalid(
          "list of ports", "it has more than " + MAX_PORTS, "Look at that host.");
    }
    published = List.copyOf(published);
  }

  static ArrivalWish of(VpsSpec spec) {
    return new ArrivalWish(spec.name(), spec.address(), spec.published());
  }
}
