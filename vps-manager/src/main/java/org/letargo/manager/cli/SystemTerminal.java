package org.letargo.manager.cli;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.letargo.hook.protocol.TerminalSize;
import org.letargo.hook.protocol.VpsException;

/** The controlling terminal of this process, by {@code /proc/self/fd} and stty(1). */
final class SystemTerminal implements Terminal {
  private static final File DEVICE = new File("/dev/tty");
  private static final TerminalSize UNKNOWN = new TerminalSize(24, 80);
  private static final long STTY_SECONDS = 5;

  @Override
  public boolean isInput() {
    return isTerminal(0);
  }

  @Override
  public boolean isOutput() {
    return isTerminal(1);
  }

  @Override
  public boolean isError() {
    return isTerminal(2);
  }

  /** The link names the device behind the descriptor; the JDK has no isatty(3) per descriptor. */
  private static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException closed) {
      return false;
    }
  }

  @Override
  public TerminalSize size() {
    try {
      String[] words = stty("size").split(" ");
      return new TerminalSize(Integer.parseInt(words[0]), Integer.parseInt(words[1]));
    } catch (IOException | NumberFormatException | IndexOutOfBoundsException | VpsException none) {
      return UNKNOWN; // a serial line says "0 0"
    }
  }

  @Override
  public Raw raw() {
    String saved;
    try {
      saved = stty("-g");
      stty("raw", "-echo");
    } catch (IOException e) {
      throw new CliFailure(
          ExitStatus.INVALID_PARAMETER,
          "NOT_A_TERMINAL",
          "cannot use the terminal",
          String.valueOf(e.getMessage()),
          "Run it in a terminal, or use 'letargo exec NAME -- COMMAND'.");
    }
    return new Saved(saved);
  }

  /**
   * {@code sun.misc.Signal} by reflection: the compiler warns of it without a way to say that it is
   * meant. Where it is missing the size stays what it was at the start.
   */
  @Override
  public void onResize(Runnable changed) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      changed.run();
                      yield null;
                    }
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == arguments[0];
                    default -> "resize handler";
                  });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance("WINCH"), proxy);
    } catch (ReflectiveOperationException | IllegalArgumentException notThere) {
      return; // as said above
    }
  }

  private static String stty(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("stty"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectInput(DEVICE) // stty works on its standard input
            .redirectErrorStream(true)
            .start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(STTY_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("stty says '" + said.strip() + "'");
      }
      return said.strip();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** How the terminal was. */
  private static final class Saved implements Raw {
    private final String settings;
    private final AtomicBoolean restored = new AtomicBoolean();
    private final Thread atExit = new Thread(this::restore, "letargo-terminal");

    Saved(String settings) {
      this.settings = settings;
      Runtime.getRuntime().addShutdownHook(atExit);
    }

    private void restore() {
      if (restored.compareAndSet(false, true)) {
        try {
          stty(settings);
        } catch (IOException gone) {
          return; // the terminal itself is gone: nothing to put back
        }
      }
    }

    @Override
    public void close() {
      restore();
      try {
        Runtime.getRuntime().removeShutdownHook(atExit);
      } catch (IllegalStateException ending) {
        return; // the process ends: the hook finds it restored
      }
    }
  }
}
