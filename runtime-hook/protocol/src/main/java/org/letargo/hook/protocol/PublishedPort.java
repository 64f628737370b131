package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A port of the host that leads to a port of a VPS. As text {@code 8080:80} or {@code 5353:53/udp}.
 *
 * @param hostPort 1 to 65535
 * @param vpsPort 1 to 65535
 */
public record PublishedPort(int hostPort, int vpsPort, Protocol protocol) {
  private static final Pattern TEXT = Pattern.compile("([0-9]{1,5}):([0-9]{1,5})(/(tcp|udp))?");

  /** What travels over it. */
  public enum Protocol {
    TCP,
    UDP
  }

  public PublishedPort {
    if (hostPort < 1 || hostPort > 65535 || vpsPort < 1 || vpsPort > 65535 || protocol == null) {
      throw VpsException.invalid(
          "published port " + hostPort + ":" + vpsPort,
          "a port is a number from 1 to 65535",
          "Write HOST:VPS, like '8080:80'.");
    }
  }

  /**
   * @throws VpsException INVALID_REQUEST if the text has another form
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static PublishedPort parse(String text) {
    Matcher matcher = TEXT.matcher(text == null ? "" : text);
    if (!matcher.matches()) {
      throw VpsException.invalid(
          "published port " + VpsException.quoted(text),
          "it is not HOST:VPS, with /udp behind it for UDP",
          "Write it like '8080:80' or '5353:53/udp'.");
    }
    return new PublishedPort(
        Integer.parseInt(matcher.group(1)),
        Integer.parseInt(matcher.group(2)),
        "udp".equals(matcher.group(4)) ? Protocol.UDP : Protocol.TCP);
  }

  @JsonValue
  @Override
  public String toString() {
    return hostPort + ":" + vpsPort + (protocol == Protocol.UDP ? "/udp" : "");
  }
}
