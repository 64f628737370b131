package org.letargo.integration.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.letargo.hook.protocol.VpsException;

/** Users, rights and processes of this machine, as an instance needs them. */
final class Unix {
  /** Who the manager runs as. */
  static final String MANAGER_USER = "letargo";

  private Unix() {}

  /** The same user that scripts/install makes. */
  static synchronized void ensureManagerUser() {
    if (HostCommand.tried(List.of("getent", "passwd", MANAGER_USER)).status() != 0) {
      HostCommand.run(
          "useradd",
          "--system",
          "--user-group",
          "--home-dir",
          "/var/lib/letargo/manager",
          "--no-create-home",
          "--shell",
          "/usr/sbin/nologin",
          MANAGER_USER);
    }
  }

  static void giveToManager(Path folder) throws IOException {
    HostCommand.run("chown", MANAGER_USER + ":" + MANAGER_USER, folder.toString());
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
  }

  /** A question to a process that fails as long as it is not ready. */
  interface Question {
    void ask() throws IOException;
  }

  /** Waits until it answers; fails at once if it has died. */
  static void awaitAnswer(Daemon daemon, Duration longest, Question question) {
    Awaitility.await("first answer")
        .pollInterval(Duration.ofMillis(25))
        .atMost(longest)
        .until(() -> {
          if (!daemon.isAlive()) {
            throw new AssertionError("it ended at once\n" + daemon.logTail(40));
          }
          try {
            question.ask();
            return true;
          } catch (IOException | VpsException e) {
            return false; // not yet
          }
        });
  }

  /** So that an interrupted test run leaves no process behind; does nothing after a close. */
  static void closeAtExit(Instance instance) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              if (Files.exists(instance.folder()) && !Switches.keep()) {
                try (Teardown teardown = new Teardown(instance)) {
                  teardown.clean();
                }
              }
            }));
  }
}
