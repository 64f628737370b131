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
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.letargo.hook.protocol.InstanceName;

/** Reads {@code letargo.yaml}. Collects everything that is wrong before it says so. */
public final class ConfigFile {
  /** Where it is unless {@code --config} says otherwise. */
  public static final Path DEFAULT = Path.of("/etc/letargo/letargo.yaml");

  private static final Set<String> TOP_KEYS =
      Set.of("instance", "state-dir", "run-dir", "hook", "manager");
  private static final Set<String> MANAGER_KEYS =
      Set.of(
          "listen",
          "tls-certificate",
          "tls-key",
          "database",
          "log-format",
          "operations-kept",
          "audit-kept");
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
    Matcher listen = LISTEN.matcher(text(manager, "listen", "127.0.0.1:7070"));
    String host = "";
    int port = 0;
    if (listen.matches()) {
      host = listen.group(1).replaceAll("[\\[\\]]", "");
      port = Integer.parseInt(listen.group(2));
      checkListen(host, port, tls);
    } else {
      errors.add("'manager.listen' is not ADDRESS:PORT, such as 127.0.0.1:7070.");
    }
    return new ManagerConfig(
        instance,
        stateDir,
        path(top, "run-dir", Path.of("/run/letargo")),
        host,
        port,
        tls,
        path(manager, "database", stateDir.resolve("manager/manager.db")),
        logFormat(manager),
        kept(manager, "operations-kept", 1_000),
        kept(manager, "audit-kept", 10_000));
  }

  private void checkListen(String host, int port, Tls tls) {
    if (port > 65535) {
      errors.add("'manager.listen' has port " + port + ", but a port is 65535 at most.");
    }
    try {
      boolean loopback = InetAddress.getByName(host).isLoopbackAddress();
      if (!loopback && tls instanceof Tls.Off) {
        errors.add(
            "'manager.listen' is "
                + host
                + ", which others can reach, and there is no TLS: set 'manager.tls-certificate'"
                + " and 'manager.tls-key', or listen on 127.0.0.1.");
      }
    } catch (UnknownHostException e) {
      errors.add("'manager.listen' names the host '" + host + "', which is not known.");
    }
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
