package org.letargo.integration.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Letargo's programs as the build left them, put together in one folder per test run as
 * scripts/install would. They are copied because the manager's user may not be able to read the
 * folder of the sources.
 *
 * @param folder bin/letargo-relay, criu/, share/templates/ (so far the hook's {@code program-dir}),
 *     lib/hook/, lib/manager/
 */
public record Programs(Path folder) {
  private static final List<String> JVM_FLAGS =
      List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

  private static final class Assembled {
    static final Programs PROGRAMS = assemble();
  }

  /** Made at the first call, deleted when the test JVM ends. */
  static Programs get() {
    return Assembled.PROGRAMS;
  }

  /** The root of the sources: the folder above us that holds {@code .mvn}. */
  public static Path repository() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve(".mvn"))) {
      folder =
          Optional.ofNullable(folder.getParent())
              .orElseThrow(() -> new IllegalStateException("run the tests inside the sources"));
    }
    return folder;
  }

  /** Where scripts/install-criu puts the engine. */
  public static Path engineFolder() {
    return Path.of(System.getenv().getOrDefault("PREFIX", "/opt/letargo"), "criu");
  }

  /** {@code letargo-relay}, as the instances use it. */
  public static Path relay() {
    return get().folder().resolve("bin/letargo-relay");
  }

  /** A built payload; its source is src/test/c/NAME.c. */
  public static Path payload(String name) {
    return repository().resolve("integration/target/payloads").resolve(name);
  }

  /**
   * A command that runs one of our programs.
   *
   * @param library {@code hook} or {@code manager}
   * @param flags further flags of the JVM
   */
  List<String> java(String library, String mainClass, List<String> flags) {
    List<String> line =
        new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString()));
    line.addAll(JVM_FLAGS);
    line.addAll(flags);
    line.addAll(List.of("-cp", folder.resolve("lib").resolve(library) + "/*", mainClass));
    return line;
  }

  private static Programs assemble() {
    try {
      Path repository = repository();
      Path folder = TempFolder.create("lt-programs-");
      if (!Switches.keep()) { // what runs on needs its jars
        Runtime.getRuntime().addShutdownHook(new Thread(() -> TempFolder.delete(folder)));
      }
      Path bin = Files.createDirectories(folder.resolve("bin"));
      Path relay = bin.resolve("letargo-relay");
      Files.copy(repository.resolve("native/target/letargo-relay"), relay);
      Files.setPosixFilePermissions(relay, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.createSymbolicLink(folder.resolve("criu"), engineFolder());
      Files.createDirectory(folder.resolve("share"));
      for (Path templates : List.of(templates(), testTemplates())) {
        HostCommand.run("cp", "-r", templates.toString(), folder.resolve("share").toString());
      }
      copyJars(repository.resolve("runtime-hook/hook/target"), folder.resolve("lib/hook"));
      copyJars(repository.resolve("vps-manager/target"), folder.resolve("lib/manager"));
      return new Programs(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("run 'mvn package' first: " + e.getMessage(), e);
    }
  }

  /** The build programs of the templates that ship with Letargo. */
  static Path templates() {
    return repository().resolve("runtime-hook/hook/src/main/templates");
  }

  /** The build programs of templates that are for tests only. */
  static Path testTemplates() {
    return repository().resolve("integration/src/test/templates");
  }

  private static void copyJars(Path target, Path destination) throws IOException {
    Files.createDirectories(destination);
    for (Path folder : List.of(target, target.resolve("lib"))) {
      try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, "*.jar")) {
        for (Path jar : jars) {
          Files.copy(jar, destination.resolve(jar.getFileName()));
        }
      }
    }
  }
}
