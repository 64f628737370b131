package org.letargo.manager.admission;

import static org.letargo.manager.admission.Verdict.fine;
import static org.letargo.manager.admission.Verdict.refused;
import static org.letargo.manager.admission.Verdict.warning;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.letargo.hook.protocol.DepartureReport;
import org.letargo.manager.admission.Verdict.Topic;
import org.letargo.manager.peer.HostFacts;

/**
 * Judges what processes that are saved here and go on there depend on: processor, kernel, engine,
 * control groups. A VPS without processes depends on the architecture alone; the rest is only told.
 */
final class MachineAdmission {
  private static final String SAME = "Let both hosts run the same versions.";

  /** Without these no VPS has its limits. */
  private static final Set<String> CONTROLLERS = Set.of("cpu", "memory", "pids");

  private static final int SHOWN = 12;
  private static final int MILLI = 1000;

  private final HostFacts source;
  private final DepartureReport vps;
  private final HostFacts target;

  private MachineAdmission(Travel travel) {
    this.source = travel.source();
    this.vps = travel.vps();
    this.target = travel.target();
  }

  static List<Verdict> judge(Travel travel) {
    var admission = new MachineAdmission(travel);
    return List.of(
        admission.architecture(),
        admission.processor(),
        admission.kernel(),
        admission.engine(),
        admission.runtime(),
        admission.cgroups());
  }

  /** As bad as it is for processes; a VPS that has none does not notice. */
  private Verdict forProcesses(Topic topic, String finding, String remedy) {
    return vps.hasMemory()
        ? refused(topic, finding, remedy)
        : warning(topic, finding + ", and it is stopped", "");
  }

  private Verdict architecture() {
    String here = source.host().architecture();
    String there = target.host().architecture();
    return here.equals(there)
        ? fine(Topic.ARCHITECTURE, "both hosts are " + here)
        : refused(
            Topic.ARCHITECTURE,
            "this host is " + here + ", that one " + quoted(there),
            "Choose a host of the same architecture.");
  }

  private Verdict processor() {
    if (vps.cpuFeatures().isEmpty() || target.host().cpuFeatures().isEmpty()) {
      return forProcesses(
          Topic.PROCESSOR,
          "what the two processors have in common is not known",
          "Look at 'letargo peer show'.");
    }
    Set<String> lacking = ProcessorFlags.lacking(vps.cpuFeatures(), target.host().cpuFeatures());
    Set<String> needed =
        lacking.stream()
            .filter(flag -> ProcessorFlags.isForPrograms(source.host().architecture(), flag))
            .collect(Collectors.toCollection(TreeSet::new));
    if (!needed.isEmpty()) {
      return forProcesses(
          Topic.PROCESSOR,
          "that processor lacks what programs of the VPS may be using: " + some(needed),
          "Choose a host with such a processor, or stop the VPS, move it and start it there.");
    }
    if (!lacking.isEmpty()) {
      return warning(
          Topic.PROCESSOR, "that processor lacks what only kernels use: " + some(lacking), "");
    }
    int wanted = vps.spec().limits().milliCpus();
    return wanted > (long) target.host().processors() * MILLI
        ? warning(
            Topic.PROCESSOR,
            "it may use %.1f processors, and there are %d"
                .formatted(wanted / (double) MILLI, target.host().processors()),
            "")
        : fine(Topic.PROCESSOR, "that processor has all that this one has");
  }

  private static String some(Collection<String> flags) {
    String shown = flags.stream().limit(SHOWN).collect(Collectors.joining(", "));
    return flags.size() <= SHOWN ? shown : shown + " and " + (flags.size() - SHOWN) + " more";
  }

  private Verdict kernel() {
    String there = target.host().kernel();
    if (source.features().contains("timens") && !target.features().contains("timens")) {
      return forProcesses(
          Topic.KERNEL,
          "the clocks of its processes are in a time namespace, which kernel "
              + quoted(there)
              + " does not have",
          "Run a kernel with CONFIG_TIME_NS there.");
    }
    String here = source.host().kernel();
    String both = "this kernel is " + here + ", that one " + quoted(there);
    Optional<Version> old = Version.of(here);
    Optional<Version> next = Version.of(there);
    if (old.isEmpty() || next.isEmpty()) {
      return warning(Topic.KERNEL, both + ": which is newer is not known", "");
    }
    if (next.get().series().isOlderThan(old.get().series())) {
      return warning(
          Topic.KERNEL, both + ": programs may miss what an older kernel does not have", SAME);
    }
    return source.features().contains("uffd-noncoop") && !target.features().contains("uffd-noncoop")
        ? warning(Topic.KERNEL, both + ": there all memory must be read before it runs", "")
        : fine(Topic.KERNEL, both);
  }

  /** Newer engines read images of older ones, not the other way round. */
  private Verdict engine() {
    String here = source.host().engineVersion();
    String there = target.host().engineVersion();
    String both = "the engine here is " + here + ", there it is " + quoted(there);
    Optional<Version> old = Version.of(here);
    Optional<Version> next = Version.of(there);
    if (next.isEmpty()) {
      return forProcesses(
          Topic.ENGINE,
          there.isEmpty() ? "that host has no engine" : both + ": it is not known what that reads",
          "Look at 'letargo host info' there.");
    }
    if (old.isEmpty()) {
      return forProcesses(Topic.ENGINE, "this host has no engine", "Look at 'letargo host info'.");
    }
    if (next.get().series().isOlderThan(old.get().series())) {
      return forProcesses(Topic.ENGINE, both + ", which cannot read what this one saves", SAME);
    }
    return next.get().isOlderThan(old.get())
        ? warning(Topic.ENGINE, both, SAME)
        : fine(Topic.ENGINE, both);
  }

  private Verdict runtime() {
    String here = source.host().runtimeVersion();
    String there = target.host().runtimeVersion();
    if (there.isEmpty()) {
      return refused(Topic.RUNTIME, "that host has no runc", "Install it there.");
    }
    String both = "runc here is " + here + ", there it is " + quoted(there);
    Optional<Version> old = Version.of(here);
    Optional<Version> next = Version.of(there);
    boolean isNoOlder = old.isPresent() && next.isPresent() && !next.get().isOlderThan(old.get());
    return isNoOlder ? fine(Topic.RUNTIME, both) : warning(Topic.RUNTIME, both, SAME);
  }

  /** Groups are saved as the hierarchies of the host have them. */
  private Verdict cgroups() {
    Set<String> lacking = new TreeSet<>(CONTROLLERS);
    lacking.removeAll(target.controllers());
    if (!lacking.isEmpty()) {
      return refused(
          Topic.CGROUPS,
          "the kernel there does not offer the cgroup controllers " + String.join(", ", lacking),
          "Enable them there, on the kernel's command line.");
    }
    String here = source.host().cgroups();
    String there = target.host().cgroups();
    return here.equals(there)
        ? fine(Topic.CGROUPS, "both hosts have cgroups " + here)
        : forProcesses(
            Topic.CGROUPS,
            "this host has cgroups " + here + ", that one " + quoted(there),
            "Boot both hosts with the same, or stop the VPS, move it and start it there.");
  }

  private static String quoted(String theirs) {
    return theirs.isEmpty() ? "not known" : theirs;
  }
}
