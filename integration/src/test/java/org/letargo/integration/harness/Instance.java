package org.letargo.integration.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.letargo.hook.protocol.HookClient;
import org.letargo.hook.protocol.HookRequest;

/**
 * A whole Letargo of its own: hook and manager as real processes, with their own folders, bridge,
 * subnet, control groups and firewall table. Closing it destroys its VPSes, ends both processes,
 * and fails if anything is left over.
 *
 * <pre>
 * try (Instance letargo = Instance.start()) {
 *   Vps web = letargo.create("web1", "debian-12");
 *   web.start();
 *   web.suspend();
 * }
 * </pre>
 *
 * <p>Several can be used at the same time; one of them is used by one thread, its API by any.
 */
public final class Instance implements AutoCloseable {
  private static final Duration LONGEST_START = Duration.ofSeconds(60);

  /** What it is started with. */
  public record Options(
      TestHost host,
      String subnet,
      Path templates,
      Map<String, String> hookEnvironment,
      List<String> hookFlags,
      List<String> managerFlags,
      Path stateDir) {
    private static final Path SHARED_TEMPLATES = Path.of("shared");
    private static final Path OWN_FOLDER = Path.of("own");

    /** On this machine, in a subnet that is free, with the shared templates. */
    public static final Options DEFAULT =
        new Options(
            TestHost.here(),
            "",
            SHARED_TEMPLATES,
            Map.of(),
            List.of("-Xmx512m"),
            List.of("-Xmx256m"),
            OWN_FOLDER);

    public Options {
      hookEnvironment = Map.copyOf(hookEnvironment);
      hookFlags = List.copyOf(hookFlags);
      managerFlags = List.copyOf(managerFlags);
    }

    public Options on(TestHost where) {
      return new Options(
          where, subnet, templates, hookEnvironment, hookFlags, managerFlags, stateDir);
    }

    /** Such as {@code 10.100.7.0/24}: the one of an instance on another host, say. */
    public Options withSubnet(String same) {
      return new Options(host, same, templates, hookEnvironment, hookFlags, managerFlags, stateDir);
    }

    /** A folder for templates of its own; it is empty if the caller leaves it so. */
    public Options withTemplates(Path own) {
      return new Options(host, subnet, own, hookEnvironment, hookFlags, managerFlags, stateDir);
    }

    /** {@code LETARGO_FAULT} for the hook: where it dies, or fails. */
    public Options withFault(String point) {
      return new Options(
          host,
          subnet,
          templates,
          Map.of("LETARGO_FAULT", point),
          hookFlags,
          managerFlags,
          stateDir);
    }

    /** Flags of the hook's JVM instead of {@code -Xmx512m}. */
    public Options withHookFlags(String... flags) {
      return new Options(
          host, subnet, templates, hookEnvironment, List.of(flags), managerFlags, stateDir);
    }

    /** Another folder for all that must survive a reboot: on a disk that is too small, say. */
    public Options withState(Path folder) {
      return new Options(host, subnet, templates, hookEnvironment, hookFlags, managerFlags, folder);
    }

    /** Further flags of the manager's JVM. */
    public Options withManagerFlags(String... flags) {
      return new Options(
          host, subnet, templates, hookEnvironment, hookFlags, List.of(flags), stateDir);
    }
  }

  private final Options options;
  private final Path folder;
  private final String name;
  private final String subnet;
  private final int port = Chance.port();
  private final int peerPort = Chance.port();
  private final Daemon hook;
  private final Daemon manager;
  private final Api api;
  private Map<String, String> hookEnvironment;
  private boolean hasManager;
  private boolean wasReady;

  private Instance(Options options) throws IOException {
    this.options = options;
    this.folder = TempFolder.create("lt-");
    this.name = folder.getFileName().toString().replace("-", "");
    this.subnet = options.subnet().isEmpty() ? Chance.subnet() : options.subnet();
    this.hookEnvironment = options.hookEnvironment();
    this.hook = new Daemon("hook of " + name, log("hook"), Launch.hook(options, configuration()));
    this.manager =
        new Daemon("manager of " + name, log("manager"), Launch.manager(options, configuration()));
    this.api = new Api(uri(), this::adminToken);
  }

  /** Hook and manager, ready for requests. */
  public static Instance start() {
    return start(Options.DEFAULT);
  }

  /** {@link #start()} with options. */
  public static Instance start(Options options) {
    Instance instance = prepared(options);
    instance.hasManager = true;
    return instance.started();
  }

  /** The hook alone, for tests that speak its protocol. */
  public static Instance startWithoutManager(Options options) {
    return prepared(options).started();
  }

  private static Instance prepared(Options options) {
    Requirements.check();
    Unix.ensureManagerUser();
    try {
      Instance instance = new Instance(options);
      instance.writeFiles();
      return instance;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Instance started() {
    Unix.closeAtExit(this);
    try {
      startHook();
      if (hasManager) {
        startManager();
      }
      wasReady = true;
      return this;
    } catch (AssertionError | RuntimeException e) {
      AssertionError failure = new AssertionError("cannot start an instance\n" + logs(), e);
      try {
        close();
      } catch (AssertionError | RuntimeException further) {
        failure.addSuppressed(further);
      }
      throw failure;
    }
  }

  private void writeFiles() throws IOException {
    Files.createDirectories(state().resolve("manager"));
    Unix.giveToManager(state().resolve("manager"));
    Path templates =
        options.templates().equals(Options.SHARED_TEMPLATES)
            ? TemplateCache.folder()
            : options.templates();
    Files.writeString(configuration(), Launch.configuration(this, templates, Chance.firstHostId()));
  }

  /**
   * Starts the hook with the environment that it had last, and waits until it listens and the
   * manager, if it runs, has found it.
   */
  public void startHook() {
    hook.start(hookEnvironment);
    HookClient client = hookClient();
    Unix.awaitAnswer(hook, LONGEST_START, () -> client.call(new HookRequest.ListVps()));
    if (manager.isAlive()) {
      Unix.awaitAnswer(manager, LONGEST_START, api::requireHealth);
    }
  }

  /** Starts the hook with {@code LETARGO_FAULT} from now on; empty: without. */
  public void startHook(String fault) {
    hookEnvironment = fault.isEmpty() ? Map.of() : Map.of("LETARGO_FAULT", fault);
    startHook();
  }

  /** Starts the manager and waits until it and the hook answer. */
  public void startManager() {
    manager.start(Map.of());
    Unix.awaitAnswer(manager, LONGEST_START, api::requireHealth);
  }

  /** Whether the hook, if it runs, runs as it does for users: without {@code LETARGO_FAULT}. */
  public boolean isHookUnharmed() {
    return hookEnvironment.isEmpty();
  }

  /** Runs a second hook with a configuration that it must refuse; it ends by itself. */
  public HostCommand.Result refusedHook(String yaml) {
    return HostCommand.tried(Launch.hook(options, refusedConfiguration(yaml)));
  }

  /** {@link #refusedHook} for the manager. */
  public HostCommand.Result refusedManager(String yaml) {
    return HostCommand.tried(Launch.manager(options, refusedConfiguration(yaml)));
  }

  private Path refusedConfiguration(String yaml) {
    try {
      return Files.writeString(folder.resolve("refused.yaml"), yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The hook's process: kill it, count its descriptors, wait for its end. */
  public Daemon hook() {
    return hook;
  }

  public Daemon manager() {
    return manager;
  }

  public Api api() {
    return api;
  }

  /** Speaks to the hook directly, as root may. */
  public HookClient hookClient() {
    return new HookClient(run().resolve("hook.sock"));
  }

  /** The command line, with the token of role admin. */
  public Cli cli() {
    return new Cli(uri(), adminToken());
  }

  /** Creates a VPS with the default limits; it is stopped. */
  public Vps create(String vps, String template) {
    api.run("POST", "/v1/vps", Map.of("name", vps, "template", template));
    return vps(vps);
  }

  /** Creates and starts a VPS. */
  public Vps createAndStart(String vps, String template) {
    Vps created = create(vps, template);
    created.start();
    return created;
  }

  /** A VPS that is there, or will be. */
  public Vps vps(String vps) {
    return new Vps(this, vps);
  }

  /** Destroys every VPS that there is. */
  public void destroyAll() {
    List<Operation> destroying =
        api.vpsNames().stream().map(vps -> api.begin("DELETE", "/v1/vps/" + vps)).toList();
    destroying.forEach(operation -> api.await(operation).expectSucceeded());
  }

  public String name() {
    return name;
  }

  public String subnet() {
    return subnet;
  }

  public TestHost host() {
    return options.host();
  }

  public Path state() {
    return options.stateDir().equals(Options.OWN_FOLDER)
        ? folder.resolve("state")
        : options.stateDir();
  }

  public Path run() {
    return folder.resolve("run");
  }

  public Path folder() {
    return folder;
  }

  public Path configuration() {
    return folder.resolve("letargo.yaml");
  }

  /** What its hook runs when a VPS has arrived, if the test puts a program there. */
  public Path onArrival() {
    return folder.resolve("on-arrival");
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + port);
  }

  int peerPort() {
    return peerPort;
  }

  /** Where its manager listens for peers; all managers are on one host. */
  public String peerUrl() {
    return "https://127.0.0.1:" + peerPort;
  }

  private Path log(String process) {
    return folder.resolve(process + ".log");
  }

  /** The text of the first token, as root finds it. */
  public String adminToken() {
    try {
      return Files.readString(state().resolve("manager/admin.token")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The last words of both processes, for people who read why a test failed. */
  public String logs() {
    return hook.logTail(60) + manager.logTail(60);
  }

  /** Fails if anything of a VPS is left over; there must be no VPS now. */
  public void sweepVpses() {
    Awaitility.await("sweep of " + name)
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(() -> new Sweep(this).expectNoVps());
  }

  /** Ends all; with {@code KEEP=1} in the environment it is left as it is, for inspection. */
  @Override
  public void close() {
    if (Switches.keep()) {
      System.out.println("kept: " + folder + ", " + uri());
      return;
    }
    try (Teardown teardown = new Teardown(this)) {
      if (hasManager && wasReady) {
        if (!hook.isAlive()) {
          startHook("");
        }
        if (!manager.isAlive()) {
          startManager();
        }
        destroyAll();
        sweepVpses();
      }
      teardown.stopAndSweep();
    }
  }
}
