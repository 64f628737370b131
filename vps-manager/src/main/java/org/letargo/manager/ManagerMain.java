package org.letargo.manager;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.config.ConfigException;
import org.letargo.manager.config.ConfigFile;
import org.letargo.manager.config.ManagerConfig;
import org.letargo.manager.operation.HookPatience;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The program letargo-manager: {@code [--config FILE]}. Ends with status 0 by SIGTERM, 1 if it
 * cannot start, 2 if it was called wrongly or its configuration is refused.
 */
public final class ManagerMain {
  private static final int CANNOT_START = 1;
  private static final int REFUSED = 2;

  private ManagerMain() {}

  public static void main(String[] args) {
    System.exit(run(List.of(args)));
  }

  private static int run(List<String> args) {
    ManagerConfig config;
    try {
      config = config(args);
    } catch (ConfigException e) {
      System.err.println("letargo-manager: " + e.getMessage());
      return REFUSED;
    }
    Logging.configure(config.logFormat());
    Logger log = LoggerFactory.getLogger(ManagerMain.class);
    config.asText().forEach((key, value) -> log.info("configuration {}: {}", key, value));
    Manager manager;
    try {
      manager = Manager.start(config, HookPatience.DEFAULT);
    } catch (VpsException e) {
      log.error("cannot start", e);
      System.err.println("letargo-manager: " + e.getMessage());
      return CANNOT_START;
    }
    CountDownLatch ended = closeAtSigterm(manager, log);
    if (manager.firstTokenMade()) {
      System.out.println("The first token (role admin) is in " + config.adminTokenFile());
    }
    log.info("listening on {}:{}", config.listenHost(), manager.port());
    manager.peerPort().ifPresent(port -> log.info("listening for peers on port {}", port));
    awaitEnd(ended);
    return 0;
  }

  private static ManagerConfig config(List<String> args) {
    if (args.isEmpty()) {
      return Files.exists(ConfigFile.DEFAULT)
          ? ConfigFile.read(ConfigFile.DEFAULT)
          : ConfigFile.defaults();
    }
    if (args.size() == 2 && args.getFirst().equals("--config")) {
      return ConfigFile.read(Path.of(args.getLast()));
    }
    System.err.println("usage: letargo-manager [--config FILE]");
    System.exit(REFUSED);
    throw new AssertionError("the program has ended");
  }

  private static CountDownLatch closeAtSigterm(Manager manager, Logger log) {
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  log.info("ending");
                  manager.close();
                  ended.countDown();
                  Runtime.getRuntime().halt(0); // else a JVM ends with 143 by SIGTERM
                },
                "shutdown"));
    return ended;
  }

  private static void awaitEnd(CountDownLatch ended) {
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
