package org.letargo.manager.peer;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import org.letargo.hook.protocol.ArrivalReport;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsSpec;

/**
 * What a host says when it is asked whether a VPS could come; answer of {@code POST
 * /peer/v1/admission}. Nothing is reserved.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Arrival(HostFacts host, ArrivalReport seat) {
  private static final int MAX_WHY = 256;

  /**
   * @throws VpsException INVALID_REQUEST if a text is longer than any true one
   */
  public Arrival {
    if (seat.portsInUse().stream().anyMatch(port -> port.why().length() > MAX_WHY)) {
      throw VpsException.invalid(
          "what the peer says of a VPS", "a part of it is too long", "Look at that host.");
    }
  }

  /**
   * Which VPS would come.
   *
   * @param templateDigest of the template that its disk builds on
   */
  public record Question(
      VpsName name, Ipv4Address address, List<PublishedPort> published, String templateDigest) {
    public static Question of(VpsSpec spec, String templateDigest) {
      return new Question(spec.name(), spec.address(), spec.published(), templateDigest);
    }

    /**
     * @throws VpsException INVALID_REQUEST if it is of no VPS that there can be
     */
    public HookRequest.DescribeArrival request() {
      return new HookRequest.DescribeArrival(name, address, published, templateDigest);
    }
  }
}
