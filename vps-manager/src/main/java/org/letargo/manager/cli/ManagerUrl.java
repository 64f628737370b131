package org.letargo.manager.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.letargo.hook.protocol.VpsException;

/** Where the manager listens: {@code http} or {@code https}, host, port, perhaps a path before. */
record ManagerUrl(URI base) {
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]|\\[0:0:0:0:0:0:0:1]");

  /**
   * @throws CliFailure if it is not such an address
   */
  static ManagerUrl parse(String text) {
    try {
      var uri = new URI(text.replaceAll("/+$", ""));
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (web
          && uri.getHost() != null
          && uri.getQuery() == null
          && uri.getFragment() == null
          && uri.getUserInfo() == null) {
        return new ManagerUrl(uri);
      }
    } catch (URISyntaxException answeredBelow) {
      // like every other address that cannot be
    }
    throw CliFailure.of(
        VpsException.invalid(
            "manager address " + VpsException.quoted(text),
            "it is not http:// or https:// with a host",
            "Give one such as 'http://127.0.0.1:7070' with --url or LETARGO_URL."));
  }

  boolean isEncrypted() {
    return "https".equals(base.getScheme());
  }

  /** Whether it stays on this machine, as far as the name tells. */
  boolean isLoopback() {
    return LOOPBACK.matcher(base.getHost()).matches();
  }

  int port() {
    if (base.getPort() >= 0) {
      return base.getPort();
    }
    return isEncrypted() ? 443 : 80;
  }

  /**
   * @param path encoded, with a leading slash
   */
  URI at(String path) {
    return URI.create(base + path);
  }

  URI webSocketAt(String path) {
    return URI.create(base.toString().replaceFirst("^http", "ws") + path);
  }

  /** Text as one segment of a path, or as a value of a query. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public String toString() {
    return base.toString();
  }
}
