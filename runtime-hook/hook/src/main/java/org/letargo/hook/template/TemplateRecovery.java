package org.letargo.hook.template;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.disk.TemplateDigest;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.rootfs.LinuxFileSystemCalls;
import org.letargo.hook.template.TemplateInfo.Contents;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the folder of the templates right when the hook starts. */
final class TemplateRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(TemplateRecovery.class);

  /** How the folders of templates begin that are being made. */
  static final String PARTIAL = ".partial-";

  /** How the folders of templates begin that are gone but for their files; an operation follows. */
  static final String REMOVED = ".removed-";

  /** Which operation made a template; there until that is known to have succeeded. */
  static final String JOURNAL = "journal.json";

  private static final Pattern LEAVING =
      Pattern.compile(Pattern.quote(REMOVED) + ".*-(op-[0-9a-f]{12})");

  private TemplateRecovery() {}

  /** Removes what a hook that died was making or removing. */
  static void sweep(Path folder, Consumer<OperationId> removed) {
    try (Stream<Path> found = Files.list(folder)) {
      for (Path each : found.toList()) {
        String name = each.getFileName().toString();
        Matcher leaving = LEAVING.matcher(name);
        if (leaving.matches()) {
          removed.accept(new OperationId(leaving.group(1)));
        }
        if (leaving.matches() || name.startsWith(PARTIAL)) {
          DurableFiles.deleteTree(each);
        }
      }
    } catch (IOException e) {
      throw DurableFiles.failed("cannot list " + folder, e);
    }
  }

  /** A template that has its name was made, whether or not anybody heard of it. */
  static void closeJournal(Path place, Consumer<OperationId> made) {
    Path journal = place.resolve(JOURNAL);
    DurableFiles.readJson(journal, OperationId.class).ifPresent(made);
    DurableFiles.delete(journal);
  }

  /**
   * Gives a template that an older hook made a digest that sees all of it. The old one stays known:
   * archives name it. A template that cannot be read is left as it is; its VPSes may run.
   */
  static void renewDigest(Path place) {
    Path file = place.resolve(Templates.INFO);
    try {
      Optional<TemplateInfo> old =
          DurableFiles.readJson(file, TemplateInfo.class)
              .filter(info -> info.contents().filter(Contents::isOfOldForm).isPresent());
      if (old.isPresent()) {
        TemplateDigest now = TemplateDigest.of(new LinuxFileSystemCalls(), place.resolve("rootfs"));
        DurableFiles.writeJson(
            file, old.get().with(old.get().contents().orElseThrow().renewed(now)));
        LOG.info("template={} has a digest of the new form", place.getFileName());
      }
    } catch (ArchiveException | VpsException | IOException e) {
      LOG.warn(
          "template={} keeps its old digest: {}, continuing without another",
          place.getFileName(),
          e.getMessage());
    }
  }
}
