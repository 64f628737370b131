package org.letargo.hook.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.VpsException;

/**
 * One level of the configuration file: gives the value of a key, or its default where the key is
 * left out or empty. What is wrong is gathered and the default given, so that all errors are told
 * at once.
 */
final class Section {
  private static final YAMLMapper YAML =
      new YAMLMapper(
          YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build());

  /** What stands before a key of this level in messages: {@code hook.}. */
  private final String prefix;

  private final JsonNode keys;
  private final List<String> errors;

  private Section(String prefix, JsonNode keys, Set<String> known, List<String> errors) {
    this.prefix = prefix;
    this.keys = keys;
    this.errors = errors;
    keys.fieldNames()
        .forEachRemaining(key -> {
          if (!known.contains(key)) {
            errors.add("unknown key '" + prefix + key + "'");
          }
        });
  }

  /**
   * The outermost level of a file.
   *
   * @throws ConfigurationException if it is not YAML at all
   */
  static Section root(String yaml, Set<String> known, List<String> errors) {
    try {
      JsonNode root = YAML.readTree(yaml);
      if (root == null || root.isMissingNode() || root.isNull()) {
        root = JsonNodeFactory.instance.objectNode();
      }
      if (!root.isObject()) {
        throw new ConfigurationException(List.of("it is not a list of lines 'key: value'"));
      }
      return new Section("", root, known, errors);
    } catch (JsonProcessingException e) {
      String why = e.getOriginalMessage().lines().findFirst().orElse("").strip();
      throw new ConfigurationException(
          List.of(
              "it is not valid YAML"
                  + (e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr())
                  + ": "
                  + why));
    }
  }

  /** The level below a key. */
  Section section(String key, Set<String> known) {
    JsonNode node = keys.path(key);
    if (!isLeftOut(node) && !node.isObject()) {
      errors.add("'" + prefix + key + "' has no keys below it");
    }
    return new Section(
        prefix + key + ".",
        node.isObject() ? node : JsonNodeFactory.instance.objectNode(),
        known,
        errors);
  }

  /** Jackson reads a key with nothing behind it as an empty text. */
  private static boolean isLeftOut(JsonNode node) {
    return node.isMissingNode() || node.isNull() || node.isTextual() && node.asText().isEmpty();
  }

  String text(String key, String otherwise) {
    JsonNode node = keys.path(key);
    if (isLeftOut(node)) {
      return otherwise;
    }
    if (!node.isTextual()) {
      errors.add("'" + prefix + key + "' is not a text");
      return otherwise;
    }
    return node.textValue();
  }

  int number(String key, int otherwise) {
    JsonNode node = keys.path(key);
    if (node.isIntegralNumber() && node.canConvertToInt()) {
      return node.intValue();
    }
    if (!isLeftOut(node)) {
      errors.add("'" + prefix + key + "' is not a whole number");
    }
    return otherwise;
  }

  List<String> texts(String key, List<String> otherwise) {
    JsonNode node = keys.path(key);
    if (isLeftOut(node)) {
      return otherwise;
    }
    List<String> texts = new ArrayList<>();
    node.forEach(each -> texts.add(each.textValue()));
    if (!node.isArray() || texts.contains(null)) {
      errors.add("'" + prefix + key + "' is not a list of texts like [a, b]");
      return otherwise;
    }
    return List.copyOf(texts);
  }

  /** A size; empty where the key is left out. */
  Optional<DataSize> size(String key) {
    JsonNode node = keys.path(key);
    if (isLeftOut(node)) {
      return Optional.empty();
    }
    try {
      return Optional.of(DataSize.parse(node.asText()));
    } catch (VpsException e) {
      errors.add("'" + prefix + key + "' is not a size like '512M' or '200G'");
      return Optional.empty();
    }
  }

  /** A path; empty where the key is left out. */
  Optional<Path> file(String key) {
    return text(key, "").isEmpty() ? Optional.empty() : Optional.of(folder(key, Path.of("")));
  }

  Path folder(String key, Path otherwise) {
    String text = text(key, otherwise.toString());
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      errors.add("'" + prefix + key + "' is not a path");
      return otherwise;
    }
  }
}
