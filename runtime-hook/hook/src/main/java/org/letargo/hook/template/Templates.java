package org.letargo.hook.template;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.disk.FileSystemCalls;
import org.letargo.archive.disk.TemplateDigest;
import org.letargo.archive.disk.TemplateFileReader;
import org.letargo.hook.command.Command;
import org.letargo.hook.config.HookConfiguration;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.TemplateReport;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.rootfs.LinuxFileSystemCalls;
import org.letargo.hook.template.TemplateInfo.Contents;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The root file systems that VPSes start from, {@code TEMPLATES/NAME/{template.json,rootfs/}}.
 * Those that ship with Letargo are programs that build one; others are added from a tar. A template
 * never changes once it is there.
 */
public final class Templates {
  private static final Logger LOG = LoggerFactory.getLogger(Templates.class);
  static final String INFO = "template.json";
  private static final FileSystemCalls CALLS = new LinuxFileSystemCalls();

  private final Path folder;
  private final Path shipped;

  private final TemplateUses uses = new TemplateUses();

  public Templates(HookConfiguration configuration) {
    this.folder = DurableFiles.folder(configuration.templateDir(), "rwx------");
    this.shipped = configuration.programDir().resolve("share/templates");
  }

  /**
   * Puts right what a hook that died left behind, or an older one made.
   *
   * @param succeeded hears of every operation that had done what it was to do
   */
  public void recover(Consumer<OperationId> succeeded) {
    TemplateRecovery.sweep(folder, succeeded);
    for (Path each : folders(folder)) {
      TemplateRecovery.closeJournal(each, succeeded);
      TemplateRecovery.renewDigest(each);
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
                .filter(contents -> contents.isCalled(digest))
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
          TemplateBuild.run(name, program, rootfs, operation);
          return new Filled(info, Optional.empty());
        });
  }

  private interface Filling {
    Filled fill(Path rootfs) throws IOException;
  }

  /**
   * A template whose files are there.
   *
   * @param digest that they must have, if that is known
   */
  record Filled(TemplateInfo info, Optional<String> digest) {}

  private TemplateReport make(TemplateName name, Operation operation, Filling filling) {
    Path partial = folder.resolve(TemplateRecovery.PARTIAL + name + "-" + operation.id());
    try {
      Path rootfs = DurableFiles.folder(partial.resolve("rootfs"), "rwxr-xr-x");
      Filled filled = filling.fill(rootfs);
      operation.phase("hash", 95);
      TemplateDigest digest = TemplateDigest.of(CALLS, rootfs);
      filled.digest().ifPresent(expected -> TemplateFile.requireSame(name, expected, digest));
      TemplateInfo built = filled.info().with(Contents.of(digest));
      DurableFiles.writeJson(partial.resolve(INFO), built);
      Command.of("sync", "-f", rootfs.toString()).run();
      DurableFiles.writeJson(partial.resolve(TemplateRecovery.JOURNAL), operation.id());
      operation.commit();
      DurableFiles.rename(partial, folder.resolve(name.value()));
      operation.succeeded();
      DurableFiles.delete(folder.resolve(name.value()).resolve(TemplateRecovery.JOURNAL));
      return report(name, built);
    } catch (ArchiveException e) {
      throw TemplateFile.failed("cannot make template '" + name + "'", e);
    } catch (IOException e) {
      throw DurableFiles.failed("cannot make template '" + name + "'", e);
    } finally {
      DurableFiles.deleteTree(partial);
    }
  }

  /**
   * Makes a template of a template file, or of the tar of a root file system.
   *
   * @param tar plain or compressed; read to its end, left open
   * @throws VpsException NAME_TAKEN, ARCHIVE_REFUSED, INVALID_REQUEST, NO_SPACE
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
          var in = new BufferedInputStream(tar, TemplateFileReader.PEEK_BYTES);
          if (TemplateFileReader.isTemplateFile(in)) {
            return TemplateFile.receive(in, rootfs, operation);
          }
          TarUnpacker.unpack(in, rootfs, operation);
          return new Filled(new GuestPreparation(rootfs).prepare(), Optional.empty());
        });
  }

  /**
   * Writes a template as a template file.
   *
   * @param out stays open, it is the caller's
   * @throws VpsException NOT_FOUND; CHECKPOINT_CORRUPT if its files are not what they were
   */
  public void export(TemplateName name, OutputStream out, Operation operation) throws IOException {
    try (TemplateUse _ = use(name)) {
      TemplateFile.send(name, get(name), rootfs(name), out, operation);
    } catch (ArchiveException e) {
      throw TemplateFile.failed("cannot export template '" + name + "'", e);
    }
  }

  /**
   * Begins to work with a template, which cannot be removed until this is closed.
   *
   * @throws VpsException NOT_FOUND
   */
  public TemplateUse use(TemplateName name) {
    return uses.begin(name, () -> get(name));
  }

  /**
   * Removes a template: from the rename of its folder on it is gone.
   *
   * @param vpses tells which VPSes need it; asked when nobody can begin to work with it
   * @throws VpsException NOT_FOUND, WRONG_STATE, BUSY
   */
  public void remove(
      TemplateName name, Supplier<? extends Collection<VpsName>> vpses, Operation operation) {
    Path leaving = folder.resolve(TemplateRecovery.REMOVED + name + "-" + operation.id());
    uses.ifUnused(
        name,
        () -> {
          get(name);
          requireUnneeded(name, vpses.get());
          operation.commit();
          DurableFiles.rename(folder.resolve(name.value()), leaving);
        });
    operation.succeeded();
    DurableFiles.deleteTree(leaving);
    LOG.info("template={} removed", name);
  }

  private static void requireUnneeded(TemplateName name, Collection<VpsName> vpses) {
    if (!vpses.isEmpty()) {
      throw new VpsException(
          Code.WRONG_STATE,
          "cannot remove template '" + name + "'",
          "the disks and checkpoints of these VPSes build on it: "
              + vpses.stream()
                  .sorted()
                  .map(vps -> "'" + vps + "'")
                  .collect(Collectors.joining(", ")),
          "Destroy them first; 'letargo export' keeps them as files.");
    }
  }
}
