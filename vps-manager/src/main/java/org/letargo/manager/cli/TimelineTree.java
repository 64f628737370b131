package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Draws a timeline as a tree of lines, so that a long history stays narrow: a checkpoint and the
 * one that follows on it stand in one column, and only what branches off goes to the right. Where
 * several follow on one, the column leads to where the VPS is, else to the youngest.
 */
final class TimelineTree {
  /**
   * @param branches what stands left of the checkpoint, to its blank
   */
  record Row(String branches, JsonNode entry) {}

  private final Map<String, JsonNode> byId = new LinkedHashMap<>();
  private final Map<String, List<JsonNode>> children = new LinkedHashMap<>();
  private final Set<String> wayHere = new HashSet<>();
  private final String here;
  private final List<Row> rows = new ArrayList<>();

  private TimelineTree(JsonNode timeline) {
    here = timeline.path("here").asText("");
    timeline.path("checkpoints").forEach(entry -> byId.put(entry.path("id").asText(), entry));
    for (String id = here; byId.containsKey(id) && wayHere.add(id); id = parent(byId.get(id))) {}
  }

  /** From the oldest on. */
  static List<Row> of(JsonNode timeline) {
    TimelineTree tree = new TimelineTree(timeline);
    List<JsonNode> firsts = new ArrayList<>();
    for (JsonNode entry : tree.byId.values()) {
      String parent = parent(entry);
      if (tree.byId.containsKey(parent)) {
        tree.children.computeIfAbsent(parent, _ -> new ArrayList<>()).add(entry);
      } else {
        firsts.add(entry);
      }
    }
    firsts.forEach(first -> tree.column(first, "", ""));
    return tree.rows;
  }

  private static String parent(JsonNode entry) {
    return entry.path("parent").asText("");
  }

  /** A checkpoint and what follows on it, in one column. */
  private void column(JsonNode first, String leftOfFirst, String left) {
    String edge = leftOfFirst;
    for (JsonNode entry = first; entry != null; edge = left) {
      String id = entry.path("id").asText();
      rows.add(new Row(edge + (id.equals(here) ? "@ " : "* "), entry));
      List<JsonNode> next = children.getOrDefault(id, List.of());
      JsonNode straight = straightOn(next);
      for (JsonNode branch : next) {
        if (branch != straight) {
          column(branch, left + "|-", left + "| ");
        }
      }
      entry = straight;
    }
  }

  private JsonNode straightOn(List<JsonNode> next) {
    return next.stream()
        .filter(entry -> wayHere.contains(entry.path("id").asText()))
        .findFirst()
        .orElse(next.isEmpty() ? null : next.getLast());
  }
}
