package org.letargo.hook;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.letargo.hook.cgroup.Cgroups;
import org.letargo.hook.change.Changes;
import org.letargo.hook.change.Host;
import org.letargo.hook.change.Loadings;
import org.letargo.hook.config.ConfigurationException;
import org.letargo.hook.config.HookConfiguration;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.engine.Engine;
import org.letargo.hook.migration.Migrations;
import org.letargo.hook.network.VpsNetwork;
import org.letargo.hook.operation.Operations;
import org.letargo.hook.protocol.HookServer;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.relay.RelayServer;
import org.letargo.hook.runtime.Conmon;
import org.letargo.hook.runtime.OciConfiguration;
import org.letargo.hook.runtime.Runc;
import org.letargo.hook.store.HostStore;
import org.letargo.hook.template.Templates;
import org.letargo.hook.vps.Vpses;
import org.letargo.linux.Notify;
import org.letargo.linux.RelayProgram;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code letargo-hook --config FILE}: the privileged process. Runs until it is told to stop. */
public final class HookMain {
  private static final Logger LOG = LoggerFactory.getLogger(HookMain.class);
  private static final int STATUS_UNUSABLE = 2;

  /** To suspend all VPSes when the host goes down; the unit's TimeoutStopSec is longer. */
  private static final Duration LAST_WORK = Duration.ofMinutes(14);

  /** For memory that VPSes which run still wait for; one that gets none is suspended again. */
  private static final Duration LAST_MEMORY = Duration.ofMinutes(10);

  private static final Path DEFAULT_CONFIG = Path.of("/etc/letargo/letargo.yaml");

  private HookMain() {}

  /** Starts, or says on standard error why it cannot. */
  public static void main(String[] args) {
    try {
      if (args.length != 0 && !(args.length == 2 && args[0].equals("--config"))) {
        throw new IllegalArgumentException("usage: letargo-hook [--config FILE]");
      }
      run(args.length == 0 ? HookConfiguration.read(DEFAULT_CONFIG) : readNamed(Path.of(args[1])));
    } catch (ConfigurationException | VpsException | IllegalArgumentException e) {
      System.err.println("letargo-hook: " + e.getMessage());
      System.exit(STATUS_UNUSABLE);
    } catch (IOException e) {
      System.err.println("letargo-hook: cannot start: " + e.getMessage() + ".");
      System.exit(STATUS_UNUSABLE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A file that somebody names must be there: with the defaults a slip would go unseen. */
  private static HookConfiguration readNamed(Path file) {
    if (!Files.exists(file)) {
      throw new ConfigurationException(List.of(file + " is not there"));
    }
    return HookConfiguration.read(file);
  }

  private static void run(HookConfiguration configuration)
      throws IOException, InterruptedException {
    LOG.info("starts with {}", configuration);
    DurableFiles.folder(configuration.stateDir(), "rwx--x--x");
    DurableFiles.folder(configuration.runDir(), "rwx--x--x");
    try (FileLock lock = lock(configuration.stateDir());
        RelayServer relay = new RelayServer(configuration.relaySocket());
        HostStore store =
            HostStore.open(configuration.stateDir().resolve("store"), configuration.store())) {
      System.setProperty(RelayProgram.PROPERTY, configuration.relayProgram().toString());
      Host host = host(configuration, relay, store);
      host.network().prepareHost();
      Operations operations = new Operations(configuration.stateDir().resolve("operations"));
      Changes changes = new Changes(host, operations);
      changes.recover();
      Migrations migrations = new Migrations(changes.migration(), operations, changes::knowsAll);
      migrations.recover();
      HostInspection inspection = new HostInspection(host);
      inspection.foundProblems().forEach(problem -> LOG.warn("{}", problem));
      LetargoHook hook = new LetargoHook(host, changes, migrations, operations, inspection);
      ServerSocketChannel socket = listen(configuration);
      HookServer server =
          new HookServer(socket, Set.copyOf(configuration.allowedUsers()), hook, LOG::warn);
      LOG.info("listens at {}", configuration.hookSocket());
      Notify.fromEnvironment().ready();
      Thread.ofPlatform()
          .name("host-is-back")
          .daemon(true)
          .start(() -> bringBack(changes, migrations));
      awaitTermination();
      if (System.inheritedChannel() == null) {
        server.close();
      } else {
        // To close what systemd gave us would lead our standard output to /dev/null as well (the
        // JDK takes all three for the connection), and nobody would hear how the VPSes end.
        server.stop();
      }
      if (HostShutdown.isUnderWay()) {
        LOG.info("the host goes down, and all VPSes with it");
        migrations.hostGoesDown();
        changes.hostGoesDown();
      } else {
        host.loadings().awaitAll(LAST_MEMORY);
        LOG.info("ends; VPSes run on (lock {})", lock.isValid() ? "held" : "lost");
      }
    }
  }

  private static void bringBack(Changes changes, Migrations migrations) {
    try {
      migrations.goOn();
      changes.hostIsBack();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Host host(HookConfiguration configuration, RelayServer relay, HostStore store) {
    Engine engine = Engine.find(configuration);
    Cgroups cgroups = Cgroups.detect(configuration.instance());
    Runc runc = new Runc(configuration, engine.folder());
    return new Host(
        configuration,
        engine,
        runc,
        new Conmon(runc, cgroups),
        new OciConfiguration(configuration, cgroups),
        cgroups,
        new VpsNetwork(configuration),
        relay,
        new Templates(configuration),
        new Vpses(),
        store,
        new Loadings(configuration));
  }

  /** One hook per state folder: two would undo each other's work. */
  private static FileLock lock(Path stateDir) throws IOException {
    FileChannel file =
        FileChannel.open(
            stateDir.resolve("hook.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = file.tryLock();
    if (lock == null) {
      file.close();
      throw new IOException("another letargo-hook uses " + stateDir);
    }
    return lock;
  }

  /** systemd's socket where it gave us one, else our own. */
  private static ServerSocketChannel listen(HookConfiguration configuration) throws IOException {
    Channel inherited = System.inheritedChannel();
    if (inherited instanceof ServerSocketChannel given) {
      return given;
    }
    Path socket = configuration.hookSocket();
    Files.deleteIfExists(socket);
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    channel.bind(UnixDomainSocketAddress.of(socket));
    // Everybody may connect; who may speak is decided by the peer's credentials.
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
    return channel;
  }

  private static void awaitTermination() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    Thread main = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(() -> {
                  asked.countDown();
                  try {
                    main.join(LAST_WORK);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
    asked.await();
  }
}
