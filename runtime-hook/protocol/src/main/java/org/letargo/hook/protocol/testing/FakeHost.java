package org.letargo.hook.protocol.testing;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.Migration;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.MigrationPhase;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.Resumed;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.TemplateReport;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsEvent;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsLimits;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;
import org.letargo.hook.protocol.VpsSpec;
import org.letargo.hook.protocol.VpsStatus;

/**
 * The VPSes and templates of a host that is not there; they survive the death of the fake. All
 * methods are synchronized, every change is told to the watchers in order.
 */
final class FakeHost {
  private static final String NETWORK = "10.77.0.";
  private static final Set<TemplateName> SHIPPED =
      Set.of(new TemplateName("tiny"), new TemplateName("debian-12"));

  private final TreeMap<VpsName, VpsReport> vpses = new TreeMap<>();
  private final TreeMap<TemplateName, TemplateReport> templates = new TreeMap<>();
  private final List<BlockingQueue<Optional<VpsEvent>>> watchers = new ArrayList<>();
  private final Set<VpsName> making = new TreeSet<>();
  private final FakeFiles files = new FakeFiles();
  private final Map<MigrationId, MigrationPhase> endedMigrations = new ConcurrentHashMap<>();
  private final FakeTimelines timelines = new FakeTimelines(files);
  private long revision;
  private long nextPid = 1000;

  FakeHost() {
    put(new TemplateReport(new TemplateName("tiny"), "busybox", true, DataSize.ofMebibytes(2)));
    put(
        new TemplateReport(
            new TemplateName("debian-12"), "Debian 12 with systemd", false, DataSize.ofBytes(0)));
  }

  FakeFiles files() {
    return files;
  }

  FakeTimelines timelines() {
    return timelines;
  }

  /** The VPS as it is in one of its checkpoints, at rest. */
  VpsReport asIn(TimelineEntry entry, VpsReport vps) {
    VpsStatus status =
        entry.hasMemory() ? new VpsStatus.Suspended(entry.checkpoint()) : new VpsStatus.Stopped();
    return with(vps, status, Optional.empty());
  }

  synchronized List<VpsReport> list() {
    return List.copyOf(vpses.values());
  }

  synchronized VpsReport find(VpsName name) {
    VpsReport vps = vpses.get(name);
    if (vps == null) {
      throw VpsException.notFound(name);
    }
    return vps;
  }

  /**
   * Marks the VPS as being changed.
   *
   * @throws VpsException NOT_FOUND, BUSY
   */
  synchronized VpsReport claim(VpsName name, OperationId operation) {
    VpsReport vps = find(name);
    if (vps.change().isPresent()) {
      throw VpsException.busy(name, vps.change().get());
    }
    if (vps.migration().filter(at -> at.phase() != MigrationPhase.MOVED).isPresent()) {
      throw vps.migration().get().refusal(name, "change");
    }
    return store(with(vps, vps.status(), Optional.of(operation)));
  }

  /** It stands so between two hosts from now on; empty: it is simply here. */
  synchronized VpsReport migrating(VpsName name, Optional<Migration> now) {
    VpsReport vps = find(name);
    return store(
        new VpsReport(
            vps.spec(), vps.status(), vps.memoryUsed(), vps.change(), 0, vps.resumed(), now));
  }

  /** Migrations that have ended here and that the source may still ask for. */
  Map<MigrationId, MigrationPhase> endedMigrations() {
    return endedMigrations;
  }

  /** The change is over, with or without effect. */
  synchronized VpsReport settle(VpsName name, UnaryOperator<VpsStatus> effect) {
    VpsReport vps = find(name);
    making.remove(name);
    VpsStatus status = effect.apply(vps.status());
    if (status instanceof VpsStatus.Stopped) {
      files.endProcesses(name);
    }
    return store(with(vps, status, Optional.empty()));
  }

  /** The change is over: it runs, brought back this way. */
  synchronized VpsReport settle(VpsName name, Resumed way) {
    settle(name, _ -> running());
    return resumed(name, way);
  }

  /** What has become of a VPS that was resumed; one that is broken is suspended again. */
  synchronized VpsReport resumed(VpsName name, Resumed way) {
    VpsReport vps = find(name);
    VpsStatus status =
        switch (way) {
          case Resumed.Eagerly _, Resumed.Lazily _ -> vps.status();
          case Resumed.Broken _ ->
              new VpsStatus.Suspended(
                  timelines.find(name, timelines.of(name).here().orElseThrow()).checkpoint());
        };
    VpsReport now = with(vps, status, vps.change());
    return store(
        new VpsReport(
            now.spec(),
            now.status(),
            now.memoryUsed(),
            now.change(),
            0,
            Optional.of(way),
            now.migration()));
  }

  /**
   * @throws VpsException NAME_TAKEN; INVALID_REQUEST for a name that is kept for Letargo
   */
  synchronized void requireFree(VpsName name) {
    name.requireUnreserved();
    if (vpses.containsKey(name)) {
      throw new VpsException(
          Code.NAME_TAKEN,
          "cannot create VPS '" + name + "'",
          "there is one of that name",
          "Choose another name.");
    }
  }

  /** Adds a VPS that is being made; it goes again if the hook dies before it is settled. */
  synchronized VpsReport add(
      VpsName name,
      TemplateName template,
      VpsLimits limits,
      Optional<Ipv4Address> wanted,
      List<PublishedPort> published,
      OperationId operation) {
    requireFree(name);
    for (VpsReport other : vpses.values()) {
      if (wanted.isPresent() && other.spec().address().equals(wanted.get())) {
        throw inUse(Code.ADDRESS_IN_USE, name, "address " + wanted.get(), other.spec().name());
      }
      for (PublishedPort port : published) {
        if (other.spec().published().stream().anyMatch(p -> p.hostPort() == port.hostPort())) {
          throw inUse(Code.PORT_IN_USE, name, "port " + port.hostPort(), other.spec().name());
        }
      }
    }
    Ipv4Address address = wanted.orElseGet(this::lowestFreeAddress);
    String mac = String.format("02:4c:00:00:00:%02x", address.bits() & 255);
    VpsSpec spec = new VpsSpec(name, template, limits, address, mac, published);
    making.add(name);
    return store(
        new VpsReport(
            spec,
            new VpsStatus.Stopped(),
            DataSize.ofBytes(0),
            Optional.of(operation),
            0,
            Optional.empty()));
  }

  synchronized void remove(VpsName name) {
    making.remove(name);
    timelines.remove(name);
    files.remove(name);
    if (vpses.remove(name) != null) {
      tell(new VpsEvent(name, Optional.empty()));
    }
  }

  /** What a hook does when it starts: nothing is being changed any more. */
  synchronized void recover() {
    List.copyOf(making).forEach(this::remove);
    for (VpsReport vps : list()) {
      if (vps.change().isPresent()) {
        store(with(vps, vps.status(), Optional.empty()));
      }
    }
  }

  synchronized VpsStatus running() {
    return new VpsStatus.Running(nextPid++, Instant.parse("2026-01-02T03:04:05Z"));
  }

  /** Every VPS as it stands and then every change; empty when there will be no more. */
  synchronized BlockingQueue<Optional<VpsEvent>> watch() {
    BlockingQueue<Optional<VpsEvent>> queue = new LinkedBlockingQueue<>();
    vpses.forEach((name, vps) -> queue.add(Optional.of(new VpsEvent(name, Optional.of(vps)))));
    watchers.add(queue);
    return queue;
  }

  synchronized void unwatch(BlockingQueue<Optional<VpsEvent>> queue) {
    watchers.remove(queue);
    queue.add(Optional.empty());
  }

  synchronized void endWatches() {
    List.copyOf(watchers).forEach(this::unwatch);
  }

  synchronized List<TemplateReport> templates() {
    return List.copyOf(templates.values());
  }

  synchronized TemplateReport template(TemplateName name) {
    TemplateReport template = templates.get(name);
    if (template == null) {
      throw new VpsException(
          Code.NOT_FOUND,
          "there is no template '" + name + "'",
          "none of that name is on this host",
          "List them with 'letargo template list'.");
    }
    return template;
  }

  synchronized TemplateReport put(TemplateReport template) {
    templates.put(template.name(), template);
    return template;
  }

  /**
   * @throws VpsException NOT_FOUND if it is not there or not built
   */
  synchronized TemplateReport built(TemplateName name) {
    TemplateReport template = template(name);
    if (!template.built()) {
      throw new VpsException(
          Code.NOT_FOUND,
          "template '" + name + "' is not there",
          "it has not been built on this host",
          "Build it with 'letargo template build " + name + "'.");
    }
    return template;
  }

  /**
   * Those that ship stay in the list, as not built.
   *
   * @throws VpsException NOT_FOUND, WRONG_STATE if a VPS needs it
   */
  synchronized void removeTemplate(TemplateName name) {
    TemplateReport template = built(name);
    List<String> users =
        vpses.values().stream()
            .filter(vps -> vps.spec().template().equals(name))
            .map(vps -> "'" + vps.spec().name() + "'")
            .toList();
    if (!users.isEmpty()) {
      throw new VpsException(
          Code.WRONG_STATE,
          "cannot remove template '" + name + "'",
          "it is needed by " + String.join(", ", users),
          "Destroy them first.");
    }
    if (SHIPPED.contains(name)) {
      put(new TemplateReport(name, template.description(), false, DataSize.ofBytes(0)));
    } else {
      templates.remove(name);
    }
  }

  private VpsReport with(VpsReport vps, VpsStatus status, Optional<OperationId> change) {
    boolean alive =
        switch (status) {
          case VpsStatus.Running _, VpsStatus.Paused _ -> true;
          case VpsStatus.Stopped _, VpsStatus.Suspended _ -> false;
        };
    DataSize used = alive ? DataSize.ofMebibytes(7) : DataSize.ofBytes(0);
    return new VpsReport(
        vps.spec(),
        status,
        used,
        change,
        0,
        alive ? vps.resumed() : Optional.empty(),
        vps.migration());
  }

  private VpsReport store(VpsReport vps) {
    VpsReport stored =
        new VpsReport(
            vps.spec(),
            vps.status(),
            vps.memoryUsed(),
            vps.change(),
            ++revision,
            vps.resumed(),
            vps.migration());
    vpses.put(vps.spec().name(), stored);
    tell(new VpsEvent(vps.spec().name(), Optional.of(stored)));
    return stored;
  }

  private void tell(VpsEvent event) {
    watchers.forEach(queue -> queue.add(Optional.of(event)));
  }

  private Ipv4Address lowestFreeAddress() {
    for (int host = 2; host < 255; host++) {
      Ipv4Address address = new Ipv4Address(NETWORK + host);
      if (vpses.values().stream().noneMatch(vps -> vps.spec().address().equals(address))) {
        return address;
      }
    }
    throw new VpsException(
        Code.ADDRESS_IN_USE, "cannot choose an address", "all are taken", "Destroy a VPS.");
  }

  private static VpsException inUse(Code code, VpsName name, String what, VpsName owner) {
    return new VpsException(
        code,
        "cannot create VPS '" + name + "'",
        "VPS '" + owner + "' has " + what,
        "Choose another one.");
  }
}
