package org.letargo.hook.template;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.letargo.hook.command.Command;
import org.letargo.hook.config.HookConfiguration;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.TemplateReport;
import org.letargo.hook.protocol.VpsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The root file systems that VPSes start from, {@code TEMPLATES/NAME/{template.json,rootfs/}}.
 * Those that ship with Letargo are programs that build one; others are added from a tar. A template
 * never changes once it is there.
 */
public final class Templates {
  private static final Logger LOG = LoggerFactory.getLogger(Templates.class);
  private static final String INFO = "template.json";
  private static final String PREFIX_PARTIAL = ".partial-";

  private final Path folder;
  private final Path shipped;

  public Templates(HookConfiguration configuration) {
    this.folder = DurableFiles.folder(configuration.templateDir(), "rwx------");
    this.shipped = configuration.programDir().resolve("share/templates");
  }

  /** Removes what a build that died left behind. */
  public void sweep() {
    try (Stream<Path> found = Files.list(folder)) {
      for (Path left :
          found.filter(p -> p.getFileName().toString().startsWith(PREFIX_PARTIAL)).toList()) {
        DurableFiles.deleteTree(left);
      }
    } catch (IOException e) {
      throw DurableFiles.failed("cannot list " + folder, e);
    }
  }

  /** All, built or not, by name. */
  public List<TemplateReport> list() {
    Map<TemplateName, TemplateReport> reports = new TreeMap<>();
    for (Path place : List.of(shipped, folder)) {
      for (Path each : folders(place)) {
        TemplateName name = new TemplateName(each.getFileName().toString());
        DurableFiles.readJson(each.resolve(INFO), TemplateInfo.class)
            .ifPresent(info -> reports.put(name, report(name, info)));
      }
    }
    return new ArrayList<>(reports.values());
  }

  private static TemplateReport report(TemplateName name, TemplateInfo info) {
    return new TemplateReport(
        name,
        info.description(),
        info.contents().isPresent(),
        DataSize.ofBytes(info.contents().map(TemplateInfo.Contents::sizeBytes).orElse(0L)));
  }

  private static List<Path> folders(Path place) {
    if (!Files.isDirectory(place)) {
      return List.of();
    }
    try (Stream<Path> found = Files.list(place)) {
      return found
          .filter(path -> !path.getFileName().toString().startsWith("."))
          .filter(path -> Files.exists(path.resolve(INFO)))
          .toList();
    } catch (IOException e) {
      throw DurableFiles.failed("cannot list " + place, e);
    }
  }

  /**
   * A template that is built.
   *
   * @throws VpsException NOT_FOUND
   */
  public TemplateInfo get(TemplateName name) {
    return DurableFiles.readJson(folder.resolve(name.value()).resolve(INFO), TemplateInfo.class)
        .orElseThrow(() -> notBuilt(name));
  }

  /**
   * A template with these contents, whatever its name here; the one of this name if several have
   * them.
   */
  public Optional<TemplateName> withContents(String digest, TemplateName likely) {
    return Stream.concat(
            Stream.of(folder.resolve(likely.value())), folders(folder).stream().sorted())
        .filter(place ->
            DurableFiles.readJson(place.resolve(INFO), TemplateInfo.class)
                .flatMap(TemplateInfo::contents)
                .filter(contents -> contents.digest().equals(digest))
                .isPresent())
        .findFirst()
        .map(place -> new TemplateName(place.getFileName().toString()));
  }

  private VpsException notBuilt(TemplateName name) {
    if (Files.exists(shipped.resolve(name.value()).resolve("build"))) {
      return new VpsException(
          Code.NOT_FOUND,
          "template '" + name + "' is not there",
          "it has not been built on this host",
          "Build it with 'letargo template build " + name + "'.");
    }
    return new VpsException(
        Code.NOT_FOUND,
        "there is no template '" + name + "'",
        "none of that name is on this host",
        "List them with 'letargo template list', or add one with 'letargo template add'.");
  }

  /** Its root folder. */
  public Path rootfs(TemplateName name) {
    return folder.resolve(name.value()).resolve("rootfs");
  }

  /** Builds one that ships with Letargo; done at once if it is there. */
  public TemplateReport build(TemplateName name, Operation operation) {
    Path own = folder.resolve(name.value());
    if (Files.exists(own.resolve(INFO))) {
      return report(name, get(name));
    }
    Path source = shipped.resolve(name.value());
    Path program = source.resolve("build");
    TemplateInfo info =
        DurableFiles.readJson(source.resolve(INFO), TemplateInfo.class)
            .filter(found -> Files.isExecutable(program))
            .orElseThrow(() -> notBuilt(name));
    return make(
        name,
        operation,
        rootfs -> {
          runBuild(name, program, rootfs, operation);
          return info;
        });
  }

  private interface Filling {
    TemplateInfo fill(Path rootfs) throws IOException;
  }

  private TemplateReport make(TemplateName name, Operation operation, Filling filling) {
    Path partial = folder.resolve(PREFIX_PARTIAL + name + "-" + operation.id());
    try {
      Path rootfs = DurableFiles.folder(partial.resolve("rootfs"), "rwxr-xr-x");
      TemplateInfo info = filling.fill(rootfs);
      operation.phase("hash", 95);
      TemplateInfo built = info.with(TreeDigest.of(rootfs));
      DurableFiles.writeJson(partial.resolve(INFO), built);
      Command.of("sync", "-f", rootfs.toString()).run();
      operation.commit();
      DurableFiles.rename(partial, folder.resolve(name.value()));
      return report(name, built);
    } catch (IOException e) {
      throw DurableFiles.failed("cannot make template '" + name + "'", e);
    } finally {
      DurableFiles.deleteTree(partial);
    }
  }

  private void runBuild(TemplateName name, Path program, Path rootfs, Operation operation)
      throws IOException {
    Process process =
        Command.of(program.toString(), rootfs.toString()).start(ProcessBuilder.Redirect.PIPE);
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

  /** The program too, for it may have no child just now; it cleans up after itself. */
  private static void terminate(Process process) {
    List<ProcessHandle> children = process.descendants().toList();
    process.toHandle().destroy(); // Process.destroy would close the streams that are read
    children.forEach(ProcessHandle::destroy);
  }

  /** A line {@code progress PERCENT PHASE}. */
  private static void reportProgress(String line, Operation operation) {
    String[] words = line.strip().split(" ", 3);
    if (words.length == 3 && words[0].equals("progress") && words[1].matches("[0-9]{1,2}")) {
      operation.phase(words[2], Integer.parseInt(words[1]) * 9 / 10);
    }
  }

  /**
   * Makes a template of a tar of a root file system.
   *
   * @param tar plain or compressed; read to its end, left open
   */
  public TemplateReport add(TemplateName name, InputStream tar, Operation operation) {
    if (Files.exists(folder.resolve(name.value()))) {
      throw new VpsException(
          Code.NAME_TAKEN,
          "cannot add template '" + name + "'",
          "there is one of that name",
          "Choose another name.");
    }
    if (Files.exists(shipped.resolve(name.value()))) {
      throw new VpsException(
          Code.NAME_TAKEN,
          "cannot add template '" + name + "'",
          "one of that name ships with Letargo",
          "Choose another name.");
    }
    operation.phase("unpack", 5);
    return make(
        name,
        operation,
        rootfs -> {
          TarUnpacker.unpack(tar, rootfs, operation);
          return new GuestPreparation(rootfs).prepare();
        });
  }
}
