package org.letargo.manager.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.letargo.hook.protocol.VpsException;

/** Where a manager listens for its peers: {@code https://HOST:PORT}, without a path. */
public record PeerUrl(@JsonValue String value) {
  private static final Pattern ALLOWED =
      Pattern.compile(
          "https://(\\[[0-9a-fA-F:.]{2,45}]|[0-9A-Za-z][0-9A-Za-z.-]{0,252}):([0-9]{1,5})");

  private static final int MAX_PORT = 65535;

  /**
   * @throws VpsException INVALID_REQUEST if it has another form
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public PeerUrl {
    Matcher parts = ALLOWED.matcher(value == null ? "" : value);
    if (!parts.matches() || !isPort(parts.group(2))) {
      throw VpsException.invalid(
          "URL of a peer " + VpsException.quoted(value),
          "it is not https://HOST:PORT",
          "Give one such as 'https://host2.example:7071'.");
    }
  }

  /**
   * @param host a name or an address; IPv6 without brackets
   */
  public static PeerUrl of(String host, int port) {
    return new PeerUrl("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
  }

  private static boolean isPort(String text) {
    int port = Integer.parseInt(text);
    return port >= 1 && port <= MAX_PORT;
  }

  /** Without the brackets of IPv6. */
  public String host() {
    String host = value.substring("https://".length(), value.lastIndexOf(':'));
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  public int port() {
    return Integer.parseInt(value.substring(value.lastIndexOf(':') + 1));
  }

  @Override
  public String toString() {
    return value;
  }
}
