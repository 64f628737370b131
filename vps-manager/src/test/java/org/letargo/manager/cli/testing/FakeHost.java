package org.letargo.manager.cli.testing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * VPSes and operations that are only JSON. An operation ends by itself when it is asked for the
 * second time, unless its kind is held: then the test moves it. One lock guards all; listeners are
 * called without it.
 */
public final class FakeHost {
  /** Hears of each change. */
  interface Listener {
    void changed(String event, ObjectNode data);
  }

  private static final Map<String, String> MEANWHILE =
      Map.ofEntries(
          Map.entry("create", "creating"),
          Map.entry("start", "starting"),
          Map.entry("stop", "stopping"),
          Map.entry("restart", "restarting"),
          Map.entry("destroy", "destroying"),
          Map.entry("suspend", "suspending"),
          Map.entry("resume", "resuming"),
          Map.entry("pause", "pausing"),
          Map.entry("unpause", "unpausing"),
          Map.entry("export", "exporting"),
          Map.entry("import", "importing"));

  private static final Map<String, List<String>> LEGAL =
      Map.of(
          "start", List.of("stopped"),
          "stop", List.of("running", "paused"),
          "restart", List.of("running"),
          "suspend", List.of("running", "paused"),
          "resume", List.of("suspended"),
          "pause", List.of("running"),
          "unpause", List.of("paused"),
          "export", List.of("suspended", "stopped"),
          "destroy", List.of("stopped", "suspended", "running"));

  private final Map<String, ObjectNode> vpses = new LinkedHashMap<>();
  private final Map<String, String> before = new LinkedHashMap<>();
  private final Map<String, ObjectNode> operations = new LinkedHashMap<>();
  private final Set<String> held = new HashSet<>();
  private final Map<String, FakeError> failing = new LinkedHashMap<>();
  private final Map<String, List<ObjectNode>> obstacles = new LinkedHashMap<>();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

  /** Operations of this kind stay where they are until the test moves them. */
  public synchronized void hold(String kind) {
    held.add(kind);
  }

  /** The next operation of this kind fails so. */
  public synchronized void failNext(String kind, FakeError error) {
    failing.put(kind, error);
  }

  /** What a preflight of this VPS finds. */
  public synchronized void obstacles(String name, ObjectNode... found) {
    obstacles.put(name, List.of(found));
  }

  synchronized ObjectNode preflight(String name) {
    vps(name);
    List<ObjectNode> found = obstacles.getOrDefault(name, List.of());
    ObjectNode report =
        JsonNodeFactory.instance
            .objectNode()
            .put("vps", name)
            .put(
                "canSuspend",
                found.stream().noneMatch(each -> each.path("severity").asText().equals("blocks")))
            .put("takenAt", "2026-01-02T03:04:05Z")
            .put("tookMillis", 12)
            .put("processes", 3)
            .put("predictedBytes", 7L << 20)
            .put("availableBytes", 20L << 30)
            .put("engineVersion", "4.2")
            .put("runtimeVersion", "1.1.5")
            .put("kernel", "6.18.0")
            .put("omitted", 0);
    found.forEach(report.putArray("obstacles")::add);
    return report;
  }

  void listen(Listener listener) {
    listeners.add(listener);
  }

  void unlisten(Listener listener) {
    listeners.remove(listener);
  }

  /** A VPS out of nothing. */
  public ObjectNode put(String name, String state) {
    ObjectNode vps =
        JsonNodeFactory.instance
            .objectNode()
            .put("name", name)
            .put("state", state)
            .put("template", "tiny")
            .put("address", "10.77.0." + (vpses.size() + 2))
            .put("mac", "02:4c:00:00:00:02")
            .put("memoryBytes", 512L << 20)
            .put("memoryUsedBytes", state.equals("running") ? 100L << 20 : 0)
            .put("cpus", 1.5)
            .put("pids", 512);
    vps.putArray("publish").add("8080:80");
    if (state.equals("suspended")) {
      checkpoint(vps);
    }
    synchronized (this) {
      vpses.put(name, vps);
    }
    tell("vps", vps);
    return vps;
  }

  /** It is gone, and nobody is told. */
  public synchronized void vanish(String name) {
    vpses.remove(name);
  }

  private static void checkpoint(ObjectNode vps) {
    vps.putObject("checkpoint")
        .put("id", "cp-0123456789ab")
        .put("takenAt", "2026-01-02T03:04:05Z")
        .put("memoryBytes", 90L << 20)
        .put("sizeBytes", 30L << 20);
  }

  synchronized Collection<ObjectNode> vpses() {
    return vpses.values().stream().map(ObjectNode::deepCopy).toList();
  }

  public synchronized boolean has(String name) {
    return vpses.containsKey(name);
  }

  public synchronized ObjectNode vps(String name) {
    if (!vpses.containsKey(name)) {
      throw new FakeError(
          404,
          "NOT_FOUND",
          "there is no VPS '" + name + "'",
          "none of that name is on this host",
          "List them with 'letargo list'.");
    }
    return vpses.get(name).deepCopy();
  }

  synchronized List<ObjectNode> operations() {
    return new ArrayList<>(operations.values())
        .reversed().stream().map(ObjectNode::deepCopy).toList();
  }

  synchronized ObjectNode operation(String id) {
    if (!operations.containsKey(id)) {
      throw new FakeError(
          404,
          "NOT_FOUND",
          "there is no operation '" + id + "'",
          "it is unknown here",
          "List them with 'letargo ops list'.");
    }
    return operations.get(id).deepCopy();
  }

  /** The id of the newest operation of a kind. */
  public synchronized String newest(String kind) {
    return operations().stream()
        .filter(operation -> operation.path("kind").asText().equals(kind))
        .findFirst()
        .orElseThrow()
        .path("id")
        .asText();
  }

  /** Starts one on a VPS that has to be in the right state for it. */
  ObjectNode begin(String kind, String name) {
    ObjectNode vps = vps(name);
    if (vps.has("operation")) {
      throw new FakeError(
          409,
          "BUSY",
          "cannot change VPS '" + name + "'",
          "operation " + vps.path("operation").asText() + " is still running on it",
          "Wait for it, or cancel it.");
    }
    if (!LEGAL.get(kind).contains(vps.path("state").asText())) {
      throw new FakeError(
          409,
          "WRONG_STATE",
          "cannot " + kind + " VPS '" + name + "'",
          "it is " + vps.path("state").asText(),
          "Look at it with 'letargo status " + name + "'.");
    }
    return start(kind, "vps", name);
  }

  /** Starts one without asking for a state. */
  ObjectNode start(String kind, String subjectKey, String subject) {
    String id = "op-" + String.format("%012x", 0xa00 + operations.size());
    ObjectNode operation =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", id)
            .put("kind", kind)
            .put(subjectKey, subject)
            .put("state", "running")
            .put("phase", "preparing")
            .put("startedAt", "2026-01-02T03:04:05Z")
            .put("by", "tester");
    synchronized (this) {
      operations.put(id, operation);
      ObjectNode vps = subjectKey.equals("vps") ? vpses.get(subject) : null;
      if (vps != null) {
        before.put(id, vps.path("state").asText());
        vps.put("state", MEANWHILE.get(kind)).put("operation", id);
      }
    }
    tell("operation", operation);
    if (has(subject)) {
      tell("vps", vps(subject));
    }
    return operation.deepCopy();
  }

  /** One that is not held ends when somebody looks at it again. */
  void look(String id) {
    FakeError failure;
    synchronized (this) {
      ObjectNode operation = operation(id);
      String kind = operation.path("kind").asText();
      if (!operation.path("state").asText().equals("running") || held.contains(kind)) {
        return;
      }
      failure = failing.remove(kind);
    }
    progress(id, "working", 50, 64L << 20, 128L << 20);
    if (failure == null) {
      succeed(id);
    } else {
      fail(id, failure);
    }
  }

  public void progress(String id, String phase, int percent, long done, long total) {
    ObjectNode view;
    synchronized (this) {
      view =
          operations
              .get(id)
              .put("phase", phase)
              .put("percent", percent)
              .put("doneBytes", done)
              .put("totalBytes", total)
              .deepCopy();
    }
    tell("operation", view);
  }

  public void fail(String id, FakeError error) {
    end(id, "failed", error);
  }

  public void succeed(String id) {
    end(id, "succeeded", null);
  }

  public void cancel(String id) {
    end(id, "cancelled", null);
  }

  private void end(String id, String state, FakeError error) {
    String name;
    ObjectNode vps;
    synchronized (this) {
      ObjectNode operation = operations.get(id);
      operation.put("state", state).put("endedAt", "2026-01-02T03:04:06Z");
      if (error != null) {
        operation.set("error", error.error());
      }
      name = operation.path("vps").asText();
      vps = vpses.get(name);
      if (vps != null) {
        vps.remove("operation");
        settle(operation.path("kind").asText(), vps, before.remove(id), state);
        if (vps.path("state").asText().equals("gone")) {
          vpses.remove(name);
        }
      }
    }
    if (vps != null) {
      tell(has(name) ? "vps" : "vps-gone", has(name) ? vps(name) : vps);
    }
    tell("operation", operation(id));
  }

  private static void settle(String kind, ObjectNode vps, String before, String state) {
    if (!state.equals("succeeded")) {
      boolean made = kind.equals("create") || kind.equals("import");
      vps.put("state", made ? "gone" : before);
      return;
    }
    vps.put(
        "state",
        switch (kind) {
          case "start", "restart", "resume", "unpause" -> "running";
          case "create", "stop" -> "stopped";
          case "pause" -> "paused";
          case "destroy" -> "gone";
          default -> "suspended";
        });
    vps.remove("checkpoint");
    if (vps.path("state").asText().equals("suspended")) {
      checkpoint(vps);
    }
  }

  private void tell(String event, ObjectNode data) {
    ObjectNode copy = data.deepCopy();
    listeners.forEach(listener -> listener.changed(event, copy));
  }
}
