package org.letargo.hook.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Programs that stand in for real ones, and processes that do nothing until they are ended. */
public final class Programs {
  private Programs() {}

  /** Writes a shell script of this name. */
  public static Path script(Path folder, String name, String body) {
    try {
      Files.createDirectories(folder);
      Path program = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body);
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
      return program;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A process that sleeps; closing it kills it. */
  public static Sleeper sleeper() {
    return started(new ProcessBuilder("sleep", "600"));
  }

  /** Starts this; closing it kills it. */
  public static Sleeper started(ProcessBuilder builder) {
    try {
      return new Sleeper(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A process that is killed when this is closed. */
  public record Sleeper(Process process) implements AutoCloseable {
    public long pid() {
      return process.pid();
    }

    @Override
    public void close() {
      List<ProcessHandle> children = process.descendants().toList();
      process.destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
      process.onExit().join();
    }
  }
}
