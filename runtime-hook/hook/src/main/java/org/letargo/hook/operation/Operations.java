package org.letargo.hook.operation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.OperationReport;
import org.letargo.hook.protocol.ProgressListener;
import org.letargo.hook.protocol.VpsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The changes under way and the outcomes of the last ones, kept on disk so that a manager which
 * died can ask how its operation ended.
 */
public final class Operations {
  private static final Logger LOG = LoggerFactory.getLogger(Operations.class);
  private static final int KEPT = 2000;
  private static final int PRUNE_EVERY = 200;

  private final Path folder;
  private final Map<OperationId, Operation> running = new ConcurrentHashMap<>();
  private final AtomicInteger sincePrune = new AtomicInteger();

  public Operations(Path folder) {
    this.folder = DurableFiles.folder(folder, "rwx------");
    prune();
  }

  /**
   * Does a change under its id and keeps the outcome. The same id is never done twice.
   *
   * @throws VpsException what the change fails with; BUSY if the id is in use
   */
  public <R> R run(OperationId id, ProgressListener listener, Function<Operation, R> change) {
    Operation operation =
        new Operation(id, listener, () -> keep(id, new OperationReport.Succeeded()));
    if (running.putIfAbsent(id, operation) != null) {
      throw usedBefore(id);
    }
    try {
      if (Files.exists(file(id))) {
        throw usedBefore(id);
      }
      return perform(operation, change);
    } finally {
      running.remove(id);
    }
  }

  private static VpsException usedBefore(OperationId id) {
    return new VpsException(
        Code.BUSY, "operation " + id + " is refused", "there was one of this id already", "");
  }

  private <R> R perform(Operation operation, Function<Operation, R> change) {
    OperationId id = operation.id();
    try {
      R reply = change.apply(operation);
      operation.succeeded();
      return reply;
    } catch (VpsException e) {
      keep(id, new OperationReport.Failed(Failure.of(e)));
      throw e;
    } catch (RuntimeException | Error e) {
      VpsException fault = VpsException.internal("operation " + id + " failed", e);
      keep(id, new OperationReport.Failed(Failure.of(fault)));
      throw fault;
    }
  }

  /** What was done is done, and what failed has failed, on a full disk too. */
  private void keep(OperationId id, OperationReport outcome) {
    try {
      ended(id, outcome);
    } catch (VpsException e) {
      LOG.warn("op={} its outcome cannot be kept: {}, continuing without it", id, e.getMessage());
    }
  }

  /** Keeps the outcome of an operation; also of one that another process of ours began. */
  public void ended(OperationId id, OperationReport outcome) {
    DurableFiles.writeJson(file(id), outcome);
    if (sincePrune.incrementAndGet() >= PRUNE_EVERY) {
      sincePrune.set(0);
      prune();
    }
  }

  /** What is known of an operation. */
  public OperationReport find(OperationId id) {
    Operation operation = running.get(id);
    if (operation != null) {
      return new OperationReport.Running(operation.progress());
    }
    return DurableFiles.readJson(file(id), OperationReport.class)
        .orElseGet(OperationReport.Unknown::new);
  }

  /**
   * Cancels an operation if it is still before its point of no return. One that has ended already
   * came first: whoever cancels cannot know.
   *
   * @throws VpsException NOT_FOUND if there was none of that id
   */
  public void cancel(OperationId id) {
    Operation operation = running.get(id);
    if (operation != null) {
      operation.cancel();
    } else if (!Files.exists(file(id))) {
      throw new VpsException(
          Code.NOT_FOUND,
          "cannot cancel operation " + id,
          "there is none of that id",
          "List them with 'letargo ops list'.");
    }
  }

  private Path file(OperationId id) {
    return folder.resolve(id.value() + ".json");
  }

  private void prune() {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> newestFirst =
          files.sorted(Comparator.comparing(Operations::modifiedMillis).reversed()).toList();
      for (Path old : newestFirst.subList(Math.min(KEPT, newestFirst.size()), newestFirst.size())) {
        Files.deleteIfExists(old);
      }
    } catch (IOException e) {
      throw DurableFiles.failed("cannot prune " + folder, e);
    }
  }

  private static long modifiedMillis(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (IOException e) {
      return 0; // removed meanwhile
    }
  }
}
