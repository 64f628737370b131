package org.letargo.hook.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.InstanceName;

/**
 * What the hook is told by {@code letargo.yaml}: the keys that it shares with the manager, and its
 * own section.
 *
 * @param instance names what Letargo makes on the host (control groups, firewall table): two
 *     instances on one host differ in it
 * @param stateDir what must survive a reboot
 * @param runDir what must not
 * @param templateDir where templates are kept
 * @param programDir the installed programs: bin/letargo-relay, criu/bin/criu, share/templates
 * @param bridge the network device that all VPSes are plugged into
 * @param subnet where their addresses come from
 * @param firstHostId the first of the user ids that VPSes get, 65,536 each
 * @param allowedUsers who may talk to the hook's socket
 * @param whenHostStops what becomes of the VPSes that run when the host goes down
 * @param onArrival a command of the host's that is run when a VPS has moved here, if it is there
 * @param store how checkpoints are kept
 */
public record HookConfiguration(
    String instance,
    Path stateDir,
    Path runDir,
    Path templateDir,
    Path programDir,
    String bridge,
    Subnet subnet,
    int firstHostId,
    List<String> allowedUsers,
    WhenHostStops whenHostStops,
    Path onArrival,
    StoreSettings store) {
  private static final Set<String> SHARED_KEYS =
      Set.of("instance", "state-dir", "run-dir", "hook", "manager", "peers");

  private static final Set<String> OWN_KEYS =
      Set.of(
          "template-dir",
          "program-dir",
          "bridge",
          "subnet",
          "first-host-id",
          "allowed-users",
          "when-host-stops",
          "on-arrival",
          "store");

  private static final Set<String> STORE_KEYS =
      Set.of("key-file", "zstd-level", "budget", "frozen-buffer");

  /** Less than a few checkpoints of the smallest VPS are no store. */
  private static final DataSize LEAST_BUDGET = DataSize.ofMebibytes(64);

  private static final DataSize LEAST_BUFFER = DataSize.ofMebibytes(64);
  private static final DataSize MOST_BUFFER = DataSize.ofMebibytes(4096);

  /** Above every id that distributions and systemd give away; see docs/install.md. */
  private static final int DEFAULT_FIRST_HOST_ID = 0x70000000;

  private static final Pattern DEVICE = Pattern.compile("[a-z][a-z0-9-]{0,14}");

  /**
   * Folders stand in mount options, in the engine's options file and in command lines, where
   * blanks, commas and colons separate.
   */
  private static final Pattern FOLDER = Pattern.compile("/[A-Za-z0-9/._@+=~-]*");

  /**
   * Reads the file; one that is not there means all defaults.
   *
   * @throws ConfigurationException with every error at once
   */
  public static HookConfiguration read(Path file) {
    try {
      return parse(Files.exists(file) ? Files.readString(file) : "");
    } catch (IOException e) {
      throw new ConfigurationException(List.of("cannot read " + file + ": " + e.getMessage()));
    }
  }

  /** {@link #read} of a text. */
  public static HookConfiguration parse(String yaml) {
    List<String> errors = new ArrayList<>();
    Section root = Section.root(yaml, SHARED_KEYS, errors);
    Section own = root.section("hook", OWN_KEYS);
    Path stateDir = root.folder("state-dir", Path.of("/var/lib/letargo"));
    HookConfiguration configuration =
        new HookConfiguration(
            root.text("instance", "letargo"),
            stateDir,
            root.folder("run-dir", Path.of("/run/letargo")),
            own.folder("template-dir", stateDir.resolve("templates")),
            own.folder("program-dir", Path.of("/opt/letargo")),
            own.text("bridge", "letargo0"),
            parseSubnet(own.text("subnet", "10.77.0.0/16"), errors),
            own.number("first-host-id", DEFAULT_FIRST_HOST_ID),
            own.texts("allowed-users", List.of("root", "letargo")),
            parseWhenHostStops(own.text("when-host-stops", "suspend"), errors),
            own.folder("on-arrival", Path.of("/etc/letargo/on-arrival")),
            parseStore(own.section("store", STORE_KEYS)));
    configuration.check(errors);
    if (!errors.isEmpty()) {
      throw new ConfigurationException(errors);
    }
    return configuration;
  }

  private void check(List<String> errors) {
    if (!InstanceName.isAllowed(instance)) {
      errors.add("instance '" + instance + "' is not " + InstanceName.RULE);
    }
    if (!DEVICE.matcher(bridge).matches()) {
      errors.add("hook.bridge '" + bridge + "' is not a name of 1 to 15 letters and digits");
    }
    if (firstHostId < 65_536 || firstHostId > 2_000_000_000 || firstHostId % 65_536 != 0) {
      errors.add(
          "hook.first-host-id " + firstHostId + " is not a multiple of 65536 up to 2000000000");
    }
    for (Path dir : new LinkedHashSet<>(List.of(stateDir, runDir, templateDir, programDir))) {
      if (!FOLDER.matcher(dir.toString()).matches()) {
        errors.add(
            "folder '"
                + dir
                + "' is not an absolute path of letters, digits and . _ - + = @ ~ alone");
      }
    }
    check(store, errors);
    if (runDir.toString().length() > 60) {
      errors.add("run-dir '" + runDir + "' is longer than 60 characters: socket names need room");
    }
  }

  private static void check(StoreSettings store, List<String> errors) {
    if (store.keyFile().filter(file -> !file.isAbsolute()).isPresent()) {
      errors.add("hook.store.key-file '" + store.keyFile().get() + "' is not an absolute path");
    }
    if (store.zstdLevel() < -7 || store.zstdLevel() > 19) {
      errors.add("hook.store.zstd-level " + store.zstdLevel() + " is not from -7 to 19");
    }
    if (store.budget().filter(size -> size.compareTo(LEAST_BUDGET) < 0).isPresent()) {
      errors.add("hook.store.budget is less than " + LEAST_BUDGET);
    }
    if (store
        .frozenBuffer()
        .filter(size -> size.compareTo(LEAST_BUFFER) < 0 || size.compareTo(MOST_BUFFER) > 0)
        .isPresent()) {
      errors.add("hook.store.frozen-buffer is not from " + LEAST_BUFFER + " to " + MOST_BUFFER);
    }
  }

  private static StoreSettings parseStore(Section store) {
    return new StoreSettings(
        store.file("key-file"),
        store.number("zstd-level", StoreSettings.DEFAULTS.zstdLevel()),
        store.size("budget"),
        store.size("frozen-buffer"));
  }

  private static Subnet parseSubnet(String text, List<String> errors) {
    try {
      return Subnet.parse(text);
    } catch (IllegalArgumentException e) {
      errors.add("hook.subnet " + e.getMessage());
      return Subnet.parse("10.77.0.0/16");
    }
  }

  private static WhenHostStops parseWhenHostStops(String text, List<String> errors) {
    return switch (text) {
      case "suspend" -> WhenHostStops.SUSPEND;
      case "stop" -> WhenHostStops.STOP;
      default -> {
        errors.add("hook.when-host-stops '" + text + "' is none of suspend, stop");
        yield WhenHostStops.SUSPEND;
      }
    };
  }

  /** The manager's socket. */
  public Path hookSocket() {
    return runDir.resolve("hook.sock");
  }

  /** The relay's socket. */
  public Path relaySocket() {
    return runDir.resolve("relay.sock");
  }

  public Path relayProgram() {
    return programDir.resolve("bin/letargo-relay");
  }
}
