package org.letargo.manager.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.letargo.hook.protocol.InstanceName;
import org.letargo.hook.protocol.VpsException;

/** Reads {@code letargo.yaml}. Collects everything that is wrong before it says so. */
public final class ConfigFile {
  /** Where it is unless {@code --config} says otherwise. */
  public static final Path DEFAULT = Path.of("/etc/letargo/letargo.yaml");

  private static final Set<String> TOP_KEYS =
      Set.of("instance", "state-dir", "run-dir", "hook", "manager", "peers");
  private static final Set<String> MANAGER_KEYS =
      Set.of(
          "listen",
          "tls-certificate",
          "tls-key",
          "database",
          "log-format",
          "operations-kept",
          "audit-kept");
  private static final Set<String> PEER_KEYS = Set.of("listen", "url");
  private static final Pattern LISTEN =
      Pattern.compile("(\\[[0-9a-fA-F:]+]|[0-9A-Za-z.-]+):([0-9]{1,5})");
  private static final int MAX_KEPT = 10_000_000;

  private final List<String> errors = new ArrayList<>();

  private ConfigFile() {}

  /**
   * Reads the file; what it does not say has its default.
   *
   * @throws ConfigException with every error in it
   */
  public static ManagerConfig read(Path file) {
    try {
      return parse(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw new ConfigException(
          file.toString(), List.of("it cannot be read (" + e + "); name another with --config."));
    }
  }

  /** What holds without a file. */
  public static ManagerConfig defaults() {
    return parse("(defaults)", "");
  }

  static ManagerConfig parse(String file, String yaml) {
    JsonNode root;
    try {
      root = new YAMLMapper().readTree(yaml);
    } catch (JsonProcessingException e) {
      throw new ConfigException(file, List.of("it is not YAML: " + e.getOriginalMessage() + "."));
    }
    ConfigFile reader = new ConfigFile();
    ManagerConfig config = reader.config(root);
    if (!reader.errors.isEmpty()) {
      throw new ConfigException(file, reader.errors);
    }
    return config;
  }

  private ManagerConfig config(JsonNode root) {
    ObjectNode top = section("the file", root, TOP_KEYS);
    ObjectNode manager = section("section 'manager'", top.get("manager"), MANAGER_KEYS);
    String instance = text(top, "instance", "letargo");
    if (!InstanceName.isAllowed(instance)) {
      errors.add("'instance' is '" + instance + "', but has " + InstanceName.RULE + ".");
    }
    Path stateDir = path(top, "state-dir", Path.of("/var/lib/letargo"));
    Tls tls = tls(manager);
    Address listen = address("manager.listen", text(manager, "listen", "127.0.0.1:7070"));
    checkTls(listen, tls);
    return new ManagerConfig(
        instance,
        stateDir,
        path(top, "run-dir", Path.of("/run/letargo")),
        listen.host(),
        listen.port(),
        tls,
        path(manager, "database", stateDir.resolve("manager/manager.db")),
        logFormat(manager),
        kept(manager, "operations-kept", 1_000),
        kept(manager, "audit-kept", 10_000),
        peering(section("section 'peers'", top.get("peers"), PEER_KEYS)));
  }

  private record Address(String host, int port) {}

  private Address address(String key, String text) {
    Matcher listen = LISTEN.matcher(text);
    if (!listen.matches()) {
      errors.add("'" + key + "' is not ADDRESS:PORT, such as 127.0.0.1:7070.");
      return new Address("127.0.0.1", 0);
    }
    Address address =
        new Address(listen.group(1).replaceAll("[\\[\\]]", ""), Integer.parseInt(listen.group(2)));
    if (address.port() > 65535) {
      errors.add("'" + key + "' has port " + address.port() + ", but a port is 65535 at most.");
    }
    try {
      InetAddress.getByName(address.host());
    } catch (UnknownHostException e) {
      errors.add("'" + key + "' names the host '" + address.host() + "', which is not known.");
    }
    return address;
  }

  private void checkTls(Address listen, Tls tls) {
    try {
      if (tls instanceof Tls.Off && !InetAddress.getByName(listen.host()).isLoopbackAddress()) {
        errors.add(
            "'manager.listen' is "
                + listen.host()
                + ", which others can reach, and there is no TLS: set 'manager.tls-certificate'"
                + " and 'manager.tls-key', or listen on 127.0.0.1.");
      }
    } catch (UnknownHostException e) {
      // has been told
    }
  }

  private Peering peering(ObjectNode peers) {
    if (!peers.has("listen")) {
      if (peers.has("url")) {
        errors.add("'peers.url' is only set together with 'peers.listen'.");
      }
      return new Peering.Off();
    }
    Address listen = address("peers.listen", text(peers, "listen", ""));
    Optional<PeerUrl> url = Optional.empty();
    if (peers.has("url")) {
      try {
        url = Optional.of(new PeerUrl(text(peers, "url", "")));
      } catch (VpsException _) {
        errors.add("'peers.url' is not https://HOST:PORT, such as https://host1.example:7071.");
      }
    }
    return new Peering.On(listen.host(), listen.port(), url);
  }

  private Tls tls(ObjectNode manager) {
    boolean certificate = manager.has("tls-certificate");
    boolean key = manager.has("tls-key");
    if (certificate != key) {
      errors.add("'manager.tls-certificate' and 'manager.tls-key' are only set together.");
    }
    if (!certificate || !key) {
      return new Tls.Off();
    }
    return new Tls.Files(readable(manager, "tls-certificate"), readable(manager, "tls-key"));
  }

  private Path readable(ObjectNode node, String key) {
    Path path = path(node, key, Path.of("/"));
    if (!Files.isReadable(path)) {
      errors.add("'manager." + key + "' is '" + path + "', which cannot be read.");
    }
    return path;
  }

  private LogFormat logFormat(ObjectNode manager) {
    String format = text(manager, "log-format", "text");
    for (LogFormat known : LogFormat.values()) {
      if (known.name().toLowerCase(Locale.ROOT).equals(format)) {
        return known;
      }
    }
    errors.add("'manager.log-format' is '" + format + "', but text or json.");
    return LogFormat.TEXT;
  }

  private int kept(ObjectNode manager, String key, int fallback) {
    JsonNode node = manager.get(key);
    if (node == null) {
      return fallback;
    }
    if (!node.isInt() || node.intValue() < 1 || node.intValue() > MAX_KEPT) {
      errors.add("'manager." + key + "' is not a number from 1 to " + MAX_KEPT + ".");
      return fallback;
    }
    return node.intValue();
  }

  private ObjectNode section(String name, JsonNode node, Set<String> known) {
    if (node == null || node.isNull() || node.isMissingNode()) {
      return JsonNodeFactory.instance.objectNode();
    }
    if (!(node instanceof ObjectNode object)) {
      errors.add(name + " is not a list of keys with values.");
      return JsonNodeFactory.instance.objectNode();
    }
    object
        .fieldNames()
        .forEachRemaining(key -> {
          if (!known.contains(key)) {
            errors.add(
                name
                    + " has the key '"
                    + key
                    + "', which is not known; it has "
                    + known.stream().sorted().toList()
                    + ".");
          }
        });
    return object;
  }

  private String text(ObjectNode node, String key, String fallback) {
    JsonNode value = node.get(key);
    if (value == null) {
      return fallback;
    }
    if (!value.isTextual()) {
      errors.add("'" + key + "' is not a text.");
      return fallback;
    }
    return value.textValue();
  }

  private Path path(ObjectNode node, String key, Path fallback) {
    Path path = Path.of(text(node, key, fallback.toString()));
    if (!path.isAbsolute()) {
      errors.add("'" + key + "' is '" + path + "', which is not an absolute path.");
    }
    return path;
  }
}
