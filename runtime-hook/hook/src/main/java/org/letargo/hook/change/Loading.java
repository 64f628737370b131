package org.letargo.hook.change;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.pages.HotPages;
import org.letargo.hook.pages.LazyImages;
import org.letargo.hook.pages.LazyRestore;
import org.letargo.hook.pages.LazyRestore.Outcome;
import org.letargo.hook.pages.PageRun;
import org.letargo.hook.pages.PageSource;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.Resumed;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.runtime.Leftovers;
import org.letargo.hook.vps.StillLoading;
import org.letargo.hook.vps.Vps;
import org.letargo.hook.vps.VpsFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory of one VPS that comes from the store while it runs, from before its restore until all is
 * there. Keeps the checkpoint open, so nothing of it is collected.
 *
 * <pre>
 *   resume                          we                          when memory is all there
 *   start()                  --->   server and daemon ready
 *   runc restore
 *     post-restore: hold()   --->   durable: "still loading"
 *   restored()               --->   the VPS is its own          forget "still loading", tidy up
 *                                                               when it cannot be had
 *                                                               kill, tidy up, suspended again
 * </pre>
 *
 * Until {@link #restored} a failure is the resume's: we kill the engine, which would wait for ever,
 * and the resume takes all down. After it the failure is ours: the change back to suspended waits
 * for the change that is under way. A thread of its own does this.
 */
final class Loading {
  private static final Logger LOG = LoggerFactory.getLogger(Loading.class);
  private static final Duration KILL_AGAIN = Duration.ofSeconds(1);
  private static final Duration LONGEST_CHANGE = Duration.ofSeconds(20);
  private static final int PERCENT_OF_MIDDLE = 50;
  private static final long STACK_BYTES = 512 << 10;

  /** A change that waits for memory shows that by this part of its progress. */
  private static final int PERCENT_OF_WAITING = 4;

  private final Host host;
  private final VpsFolder folder;
  private final Vps vps;
  private final CheckpointReport checkpoint;
  private final StoredCheckpoint stored;
  private final HotPages hot;
  private final BackToCheckpoint back;
  private final Optional<Borrowing> borrowing;
  private final CountedPages pages;
  private final LazyRestore lazy;

  private final LoadingState state = new LoadingState();
  private volatile long initPid;

  /** Of the thread that follows. */
  private boolean isClosed;

  /**
   * What it takes.
   *
   * @param stored becomes ours when it has started
   * @param made the images are ready in the VPS's folder
   * @param hot that are there at once
   * @param borrowing who lends what does not lie in the checkpoint
   */
  record Plan(
      Vps vps,
      CheckpointReport checkpoint,
      StoredCheckpoint stored,
      PageSource pages,
      LazyImages.Made made,
      HotPages hot,
      Optional<Borrowing> borrowing) {}

  private Loading(Host host, Plan plan, BackToCheckpoint back) {
    this.host = host;
    this.vps = plan.vps;
    this.folder = plan.vps.folder();
    this.checkpoint = plan.checkpoint;
    this.stored = plan.stored;
    this.hot = plan.hot;
    this.back = back;
    this.borrowing = plan.borrowing;
    this.pages =
        new CountedPages(
            plan.pages, plan.made.lazyPages() * PageRun.PAGE_BYTES, this::cameOneStepFurther);
    this.lazy =
        LazyRestore.start(
            new LazyRestore.Setup(
                host.engine(),
                folder.images(),
                folder.log("resume"),
                pages,
                host.loadings().setting(),
                host.configuration().relayProgram()));
    borrowing.ifPresent(loan -> loan.watchedBy(lazy::lease, lazy::fail));
  }

  /**
   * Makes ready for the restore.
   *
   * @throws VpsException RESUME_FAILED, HOST_UNFIT if that cannot be
   */
  static Loading start(Host host, Plan plan, BackToCheckpoint back) {
    Loading loading = new Loading(host, plan, back);
    host.loadings().add(loading);
    Thread.ofPlatform()
        .name("loading-" + loading.name())
        .daemon(true)
        .stackSize(STACK_BYTES)
        .start(loading::follow);
    return loading;
  }

  VpsName name() {
    return folder.name();
  }

  CheckpointReport checkpoint() {
    return checkpoint;
  }

  /** How much of it is there. */
  Resumed.Lazily memory() {
    return pages.state();
  }

  private void cameOneStepFurther() {
    if (state.isComing()) {
      vps.loaded(memory());
    }
    state.step();
    if (memory().percent() >= PERCENT_OF_MIDDLE) {
      cameToTheMiddle();
    }
  }

  private void cameToTheMiddle() {
    awaitChangeIfArmed("resume.loading");
    Faults.at("resume.loading");
    Faults.holdAt("resume.loading");
  }

  /** What a test wants to happen here is to happen when the resume has come to its end. */
  private void awaitChangeIfArmed(String point) {
    if (Faults.concern(point)) {
      try {
        vps.awaitUnchanged(LONGEST_CHANGE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * At the stage {@code post-restore}: from now on the hook's end is the VPS's.
   *
   * @throws VpsException RESUME_FAILED; the restore must fail then
   */
  void hold(long pid) {
    initPid = pid;
    lazy.hold(pid);
    folder.writeStillLoading(new StillLoading(checkpoint));
  }

  /**
   * The restore has returned.
   *
   * @throws VpsException RESUME_FAILED if memory could not be had already
   */
  void restored() {
    if (!state.restored()
        && state.outcome().orElseThrow() instanceof Outcome.Failed(String reason)) {
      throw failed(reason);
    }
  }

  /**
   * The VPS's processes were ended: nothing works here any more when this returns. Of one that had
   * failed by itself it is only the rest.
   */
  void abandon() {
    state.giveUp();
    lazy.close();
    try {
      awaitClosed(LoadingState.FOREVER);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    host.loadings().remove(this);
  }

  /** Waits until no page comes any more; whether it came to that within the time. */
  boolean awaitClosed(Duration longest) throws InterruptedException {
    return state.awaitClosed(longest);
  }

  /**
   * Whether the VPS, whose PID 1 has ended, goes back to its checkpoint, by our doing; otherwise it
   * has ended as any VPS may.
   */
  boolean goesBack() throws InterruptedException {
    awaitClosed(LoadingState.FOREVER);
    return state.outcome().orElseThrow() instanceof Outcome.Failed;
  }

  /** See {@link Loadings#await}. */
  void await(Operation operation) {
    operation.onCancel(state::step);
    try {
      do {
        operation.report(progress(operation.progress().percent()));
      } while (!state.awaitStep(operation::isCancelled));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VpsException(
          Code.INTERRUPTED,
          "memory of VPS '" + name() + "' was waited for",
          "the hook is stopping",
          "",
          e);
    }
    operation.checkCancelled();
    switch (state.outcome().orElseThrow()) {
      case Outcome.Complete _ -> {}
      case Outcome.Ended _ ->
          throw VpsException.wrongState(
              name(), "wait for the memory of", "stopped", "It has ended by itself.");
      case Outcome.Failed(String reason) -> throw failed(reason);
    }
  }

  private Progress progress(int leastPercent) {
    Resumed.Lazily memory = memory();
    long totalBytes = memory.later().bytes();
    return new Progress(
        "memory",
        totalBytes - memory.missing().bytes(),
        totalBytes,
        Math.max(memory.percent() * PERCENT_OF_WAITING / 100, leastPercent));
  }

  private void follow() {
    try {
      Outcome ended = end(lazy.done());
      settle(ended);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) { // nobody else would hear of it
      LOG.error("vps={} its memory cannot be seen to: {}", name(), e.getMessage(), e);
    } finally {
      close(); // whoever waits for it must not wait for ever
      host.loadings().remove(this);
    }
  }

  private Outcome end(Future<Outcome> done) throws InterruptedException {
    Outcome ended;
    try {
      ended = done.get();
    } catch (ExecutionException e) {
      ended = new Outcome.Failed(String.valueOf(e.getCause()));
    }
    state.ended(ended);
    return ended;
  }

  private void settle(Outcome ended) throws InterruptedException {
    if (awaitRestore(ended instanceof Outcome.Failed) == LoadingState.Restore.GIVEN_UP) {
      close(); // the resume takes the VPS down
      return;
    }
    switch (ended) {
      case Outcome.Complete(long sent, HotPages first) -> {
        awaitChangeIfArmed("resume.loaded");
        Faults.at("resume.loaded");
        folder.clearStillLoading();
        if (!own()) {
          goBack("it could not be noted that it is this host's");
          return;
        }
        remember(first);
        dropImages();
        vps.loaded(new Resumed.Lazily(memory().later(), DataSize.ofBytes(0)));
        LOG.info("vps={} all its memory is there, {} pages came late", name(), sent);
        close();
      }
      case Outcome.Ended _ -> {
        if (borrowing.isPresent() && !borrowing.get().ownWhatEnded()) {
          goBack("it has ended, and the other host could not be told");
          return;
        }
        folder.clearStillLoading();
        dropImages();
        close();
      }
      case Outcome.Failed(String reason) -> goBack(reason);
    }
  }

  /** Whether it is this host's now, if somebody has lent its memory. */
  private boolean own() {
    try {
      borrowing.ifPresent(Borrowing::own);
      return true;
    } catch (RuntimeException e) {
      LOG.error("vps={} {}", name(), e.toString());
      return false;
    }
  }

  private void goBack(String reason) throws InterruptedException {
    host.cgroups().killAll(name()); // the guard has done it, unless somebody killed the guard
    dropImages();
    close();
    Failure failure = Failure.of(failed(reason));
    back.take(vps, initPid, checkpoint, failure);
    borrowing.ifPresent(loan -> loan.failed(failure));
  }

  /** Waits for the end of the restore; without its memory the engine must be helped to that. */
  private LoadingState.Restore awaitRestore(boolean hasFailed) throws InterruptedException {
    while (true) {
      if (hasFailed) {
        Leftovers.killLazyRestores(folder); // again: it may not have begun yet
      }
      LoadingState.Restore restore = state.awaitRestore(KILL_AGAIN);
      if (restore != LoadingState.Restore.UNDER_WAY) {
        return restore;
      }
    }
  }

  /** Once; later calls do nothing. */
  private void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    try {
      lazy.close();
      stored.close();
    } catch (RuntimeException e) {
      LOG.warn("vps={} {}, continuing without it", name(), e.toString());
    } finally {
      state.closed();
    }
  }

  /** What cannot be kept or removed is no failure: the VPS runs. */
  private void remember(HotPages first) {
    try {
      DurableFiles.writeJson(folder.hotPages(), first.and(hot));
    } catch (VpsException e) {
      LOG.warn("vps={} {}, continuing without it", name(), e.getMessage());
    }
  }

  private void dropImages() {
    try {
      DurableFiles.deleteTree(folder.images());
    } catch (VpsException e) {
      LOG.warn("vps={} {}, continuing without it", name(), e.getMessage());
    }
  }

  private VpsException failed(String reason) {
    return new VpsException(
        pages.damage().isPresent() ? Code.CHECKPOINT_CORRUPT : Code.RESUME_FAILED,
        "the memory of VPS '" + name() + "' could not all be loaded",
        reason,
        "It is suspended again in checkpoint "
            + checkpoint.id()
            + ". Resume it with 'letargo resume --eager "
            + name()
            + "', which reads all before anything runs, or rewind it to another checkpoint.");
  }
}
