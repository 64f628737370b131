package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.VpsDescription;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.criu.CriuSocket;
import org.letargo.archive.diff.MemoryChange;
import org.letargo.archive.diff.ProcessChange;
import org.letargo.archive.diff.SocketChange;
import org.letargo.archive.disk.DiskComparison;
import org.letargo.archive.disk.FileChange;
import org.letargo.archive.disk.RawPaths;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.CheckpointDiff;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsName;

/** Says what is different between two checkpoints. Changes nothing. */
final class CompareCheckpoints {
  /** Of each kind; more are counted only. */
  private static final int MOST = 1000;

  /** A text is cut behind so many characters. */
  private static final int MOST_CHARS = 300;

  /** All texts of a kind together: with everything escaped an answer stays below 4 MiB. */
  private static final int MOST_CHARS_OF_ALL = 150_000;

  private final Host host;

  CompareCheckpoints(Host host) {
    this.host = host;
  }

  CheckpointDiff compare(HookRequest.DiffCheckpoints wanted) {
    try (StoredCheckpoint before = read(wanted.name(), wanted.checkpoint());
        StoredCheckpoint after = read(wanted.otherName(), wanted.other())) {
      return told(
          org.letargo.archive.diff.CheckpointDiff.between(before, after, template(after), MOST));
    } catch (ArchiveException e) {
      throw ArchiveFailures.whileReading(e);
    } catch (IOException e) {
      throw DurableFiles.failed("cannot compare the checkpoints", e);
    }
  }

  private StoredCheckpoint read(VpsName name, CheckpointId id) throws IOException {
    host.vpses().get(name).timeline().get(id); // says who has it not
    return host.store().checkpoints().read(id.value());
  }

  /** The files below the later one; none where no template of this host has them. */
  private DiskComparison.Template template(StoredCheckpoint checkpoint) {
    VpsDescription vps = checkpoint.manifest().checkpoint().vps();
    Optional<Path> root =
        host.templates()
            .withContents(vps.templateDigest(), new TemplateName(vps.template()))
            .map(host.templates()::rootfs);
    return rawPath -> root.isEmpty() ? OptionalLong.empty() : size(root.get(), rawPath);
  }

  /** No link of the template is followed: it would lead to files of the host. */
  private static OptionalLong size(Path root, String rawPath) throws IOException {
    Path file = RawPaths.resolveAll(root, rawPath);
    for (Path parent = file.getParent(); !parent.equals(root); parent = parent.getParent()) {
      if (!Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
        return OptionalLong.empty();
      }
    }
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return OptionalLong.empty();
    }
    BasicFileAttributes found =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return OptionalLong.of(found.isRegularFile() ? found.size() : 0);
  }

  private static CheckpointDiff told(org.letargo.archive.diff.CheckpointDiff diff) {
    List<CheckpointDiff.ProcessDiff> processes =
        some(
            diff.processes(),
            CompareCheckpoints::process,
            it -> it.name().length() + it.program().length() + it.formerProgram().length());
    List<CheckpointDiff.SocketDiff> sockets =
        some(
            diff.sockets(),
            CompareCheckpoints::socket,
            it -> it.local().length() + it.remote().length());
    List<CheckpointDiff.FileDiff> files =
        some(diff.files(), CompareCheckpoints::file, it -> it.path().length());
    long omitted =
        diff.processes().size()
            - processes.size()
            + diff.sockets().size()
            - sockets.size()
            + diff.files().size()
            - files.size()
            + diff.omittedFiles();
    return new CheckpointDiff(memory(diff.memory()), processes, sockets, files, omitted);
  }

  private static <A, B> List<B> some(List<A> all, Function<A, B> told, ToIntFunction<B> chars) {
    List<B> some = new ArrayList<>();
    int left = MOST_CHARS_OF_ALL;
    for (A each : all) {
      B next = told.apply(each);
      left -= chars.applyAsInt(next);
      if (some.size() == MOST || left < 0) {
        break;
      }
      some.add(next);
    }
    return some;
  }

  private static CheckpointDiff.ProcessDiff process(ProcessChange process) {
    return new CheckpointDiff.ProcessDiff(
        process.pid(),
        switch (process.kind()) {
          case NEW -> CheckpointDiff.ProcessChange.NEW;
          case GONE -> CheckpointDiff.ProcessChange.GONE;
          case OTHER_PROGRAM -> CheckpointDiff.ProcessChange.OTHER_PROGRAM;
          case CHANGED -> CheckpointDiff.ProcessChange.CHANGED;
        },
        cut(process.name()),
        cut(process.program()),
        cut(process.formerProgram()),
        memory(process.memory()));
  }

  private static CheckpointDiff.SocketDiff socket(SocketChange change) {
    CriuSocket socket = change.socket();
    return new CheckpointDiff.SocketDiff(
        change.isNew() ? CheckpointDiff.Change.ADDED : CheckpointDiff.Change.REMOVED,
        socket.protocol(),
        socket.state(),
        cut(socket.local()),
        cut(socket.remote()));
  }

  private static CheckpointDiff.FileDiff file(FileChange file) {
    return new CheckpointDiff.FileDiff(
        cut("/" + file.path()),
        switch (file.kind()) {
          case ADDED -> CheckpointDiff.Change.ADDED;
          case REMOVED -> CheckpointDiff.Change.REMOVED;
          case CHANGED -> CheckpointDiff.Change.CHANGED;
        },
        DataSize.ofBytes(file.beforeBytes()),
        DataSize.ofBytes(file.afterBytes()));
  }

  private static CheckpointDiff.MemoryDiff memory(MemoryChange change) {
    return new CheckpointDiff.MemoryDiff(
        DataSize.ofBytes(change.beforeBytes()),
        DataSize.ofBytes(change.afterBytes()),
        DataSize.ofBytes(change.changedBytes()));
  }

  private static String cut(String text) {
    return text.length() <= MOST_CHARS ? text : text.substring(0, MOST_CHARS) + "...";
  }
}
