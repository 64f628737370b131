package org.letargo.hook.template;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.letargo.hook.command.Command;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsException;
import org.letargo.linux.NativeException;
import org.letargo.linux.Processes;
import org.letargo.linux.Signals;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the program that builds a template which ships with Letargo. */
final class TemplateBuild {
  private static final Logger LOG = LoggerFactory.getLogger(TemplateBuild.class);

  private TemplateBuild() {}

  /**
   * Runs it to its end, or until the operation is cancelled.
   *
   * @param rootfs an empty folder, which it fills
   */
  static void run(TemplateName name, Path program, Path rootfs, Operation operation)
      throws IOException {
    Process process =
        Command.of("setsid", program.toString(), rootfs.toString())
            .start(ProcessBuilder.Redirect.PIPE);
    operation.onCancel(() -> terminate(process));
    process.getOutputStream().close();
    LastLines errors = LastLines.of(process.getErrorStream());
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        reportProgress(line, operation);
      }
      int status = process.waitFor();
      operation.checkCancelled();
      if (status != 0) {
        throw new VpsException(
            Code.HOST_UNFIT,
            "cannot build template '" + name + "'",
            "its build program ended with status " + status + ": " + errors.text(),
            "See whether the package mirror of this host answers.");
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    LOG.info("template={} built", name);
  }

  /**
   * All of its session at the same instant: a child that it starts just now would go on, hold its
   * output open, and a shell would wait for it. The program cleans up after itself.
   */
  private static void terminate(Process process) {
    try {
      Processes.kill(-process.pid(), Signals.SIGTERM);
    } catch (NativeException e) {
      process.toHandle().destroy(); // it is not yet, or no longer, the leader of its session
    }
  }

  /** A line {@code progress PERCENT PHASE}. */
  private static void reportProgress(String line, Operation operation) {
    String[] words = line.strip().split(" ", 3);
    if (words.length == 3 && words[0].equals("progress") && words[1].matches("[0-9]{1,2}")) {
      operation.phase(words[2], Integer.parseInt(words[1]) * 9 / 10);
    }
  }
}
