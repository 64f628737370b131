package org.letargo.integration.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.letargo.hook.protocol.HookClient;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.TemplateName;

/**
 * The templates that instances share, {@code /var/cache/letargo-test/templates/HASH/}: built once
 * per machine and version of what builds them, by the real hook. Hooks read them only, so any
 * number of test runs can use them together.
 */
public final class TemplateCache {
  private static final Path CACHE = Path.of("/var/cache/letargo-test/templates");
  private static final Duration KEPT = Duration.ofDays(14);
  private static final List<String> TEMPLATES = List.of("tiny", "debian-12");

  private static final class Ready {
    static final Path FOLDER = prepare();
  }

  private TemplateCache() {}

  /** The folder with all templates in it; the first call builds what is missing. */
  public static Path folder() {
    return Ready.FOLDER;
  }

  /** A folder of its own with a copy of one template, for tests that add and remove some. */
  public static Path copyOf(String template, Path folder) {
    HostCommand.run("cp", "-a", folder().resolve(template).toString(), folder.toString());
    return folder;
  }

  private static Path prepare() {
    try {
      Files.createDirectories(CACHE);
      try (FileChannel file =
              FileChannel.open(
                  CACHE.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock _ = file.lock()) {
        Path folder = CACHE.resolve(hash());
        if (!Files.isDirectory(folder)) {
          Path making = CACHE.resolve(".making");
          HostCommand.run("rm", "-rf", "--one-file-system", making.toString());
          build(making);
          Files.move(making, folder, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.setLastModifiedTime(folder, FileTime.from(Instant.now()));
        removeOld();
        return folder;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void build(Path folder) {
    Instance.Options options = Instance.Options.DEFAULT.withTemplates(folder);
    try (Instance instance = Instance.startWithoutManager(options)) {
      HookClient hook = instance.hookClient();
      for (String template : TEMPLATES) {
        System.out.println("building the template " + template + " for the tests, once");
        hook.call(new HookRequest.BuildTemplate(OperationId.create(), new TemplateName(template)));
      }
    }
  }

  /** Of all that decides what a built template looks like. */
  private static String hash() throws IOException {
    Path sources =
        Programs.repository().resolve("runtime-hook/hook/src/main/java/org/letargo/hook/template");
    Path disk =
        Programs.repository().resolve("image-archive/src/main/java/org/letargo/archive/disk");
    List<Path> places =
        List.of(
            Programs.templates(),
            sources.resolve("TemplateInfo.java"),
            disk.resolve("TemplateDigest.java"),
            disk.resolve("TreeTarWriter.java"));
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path place : places) {
        try (Stream<Path> files = Files.walk(place)) {
          for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
            digest.update(Files.readAllBytes(file));
          }
        }
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void removeOld() throws IOException {
    try (Stream<Path> found = Files.list(CACHE)) {
      for (Path folder : found.filter(Files::isDirectory).toList()) {
        Instant used = Files.getLastModifiedTime(folder).toInstant();
        if (used.isBefore(Instant.now().minus(KEPT))) {
          HostCommand.run("rm", "-rf", "--one-file-system", folder.toString());
        }
      }
    }
  }
}
