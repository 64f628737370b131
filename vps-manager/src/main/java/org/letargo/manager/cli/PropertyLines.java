package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A JSON object as lines of name and value; sizes and nested objects made readable. */
final class PropertyLines {
  private static final int NAME_CELLS = 20;

  private PropertyLines() {}

  static void print(Output output, JsonNode object) {
    for (Map.Entry<String, JsonNode> property : object.properties()) {
      lines(output, "", property.getKey(), property.getValue());
    }
  }

  private static void lines(Output output, String prefix, String name, JsonNode value) {
    if (value.isNull()) {
      return;
    }
    if (value.isObject()) {
      value
          .properties()
          .forEach(
              inner -> lines(output, prefix + words(name) + " ", inner.getKey(), inner.getValue()));
      return;
    }
    if (value.isArray() && hasSentences(value)) {
      value.forEach(item -> line(output, prefix + words(name), item.asText()));
      return;
    }
    line(output, prefix + words(name), text(name, value));
  }

  private static void line(Output output, String name, String value) {
    String cell = name + ":";
    String blanks = " ".repeat(Math.max(1, NAME_CELLS - cell.length()));
    output.line(Table.printable(cell + blanks + value).stripTrailing());
  }

  private static boolean hasSentences(JsonNode array) {
    for (JsonNode item : array) {
      if (item.asText().contains(" ")) {
        return true;
      }
    }
    return false;
  }

  private static String text(String name, JsonNode value) {
    if (value.isArray()) {
      List<String> items = new ArrayList<>();
      value.forEach(item -> items.add(item.asText()));
      return items.stream().collect(Collectors.joining(", "));
    }
    return name.endsWith("Bytes") ? ListCommand.size(value) : value.asText();
  }

  /** {@code memoryTotalBytes} becomes {@code memory total}. */
  private static String words(String name) {
    return name.replaceAll("Bytes$", "")
        .replaceAll("([a-z0-9])([A-Z])", "$1 $2")
        .toLowerCase(Locale.ROOT);
  }
}
