package org.letargo.manager.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * All that the commands touch of the process they run in. The streams are the caller's and stay
 * open.
 *
 * @param variables environment variables
 * @param home the user's home folder
 * @param stateFolder where a manager on this machine keeps its state
 */
record Environment(
    Map<String, String> variables,
    Path home,
    Path stateFolder,
    InputStream in,
    OutputStream out,
    OutputStream err,
    Terminal terminal,
    Clock clock) {

  static Environment ofProcess() {
    return new Environment(
        System.getenv(),
        Path.of(System.getProperty("user.home")),
        Path.of("/var/lib/letargo"),
        new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out),
        new FileOutputStream(FileDescriptor.err),
        new SystemTerminal(),
        Clock.systemUTC());
  }

  /** The value of a variable, empty when it is not set. */
  String variable(String name) {
    return variables.getOrDefault(name, "");
  }

  boolean isDebug() {
    return variable("LETARGO_DEBUG").equals("1");
  }
}
