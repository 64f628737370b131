package org.letargo.manager.migration;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.HookStream;
import org.letargo.hook.protocol.Migration;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.MigrationReport;
import org.letargo.hook.protocol.MigrationStep;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.ProgressListener;
import org.letargo.hook.protocol.Timeline;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The earlier checkpoints of a VPS follow it when it runs at the target already: nobody waits for
 * them. Of each only that travels which the target lacks.
 */
final class Past {
  private static final Logger LOG = LoggerFactory.getLogger(Past.class);

  private final MigrationHook hook;
  private final OtherHost target;
  private final ProgressListener progress;

  Past(MigrationHook hook, OtherHost target, ProgressListener progress) {
    this.hook = hook;
    this.target = target;
    this.progress = progress;
  }

  /**
   * Sends all, the oldest first, so that each finds the one that it follows on.
   *
   * @return whether all are there; if not they stay here, and nothing has failed
   */
  boolean send(VpsName name, MigrationId id) {
    Optional<Migration> now = hook.between(name);
    if (now.isEmpty() || now.get().keepSource()) {
      return false;
    }
    try {
      Timeline timeline = hook.calls().ask(new HookRequest.ListCheckpoints(name));
      Optional<CheckpointId> state = now.get().checkpoint();
      Optional<CheckpointId> parent =
          timeline.checkpoints().stream()
              .filter(entry -> state.filter(entry.checkpoint().id()::equals).isPresent())
              .findFirst()
              .flatMap(TimelineEntry::parent);
      for (TimelineEntry past : oldestFirst(timeline)) {
        CheckpointId own = past.checkpoint().id();
        if (!state.equals(Optional.of(own))) {
          send(name, id, past, parent.equals(Optional.of(own)));
        }
      }
      return true;
    } catch (VpsException e) {
      LOG.warn(
          "vps={} its checkpoints stay here: {}, continuing without them", name, e.getMessage());
      return false;
    }
  }

  private static List<TimelineEntry> oldestFirst(Timeline timeline) {
    return timeline.checkpoints().stream()
        .sorted(Comparator.comparing(entry -> entry.checkpoint().id()))
        .toList();
  }

  private void send(VpsName name, MigrationId id, TimelineEntry past, boolean isParent) {
    var request =
        new HookRequest.MigrateVps(
            OperationId.create(),
            name,
            id,
            new MigrationStep.SendPast(past.checkpoint().id(), target.wantsPacked()));
    try (HookStream<MigrationReport> leaving = hook.calls().client().open(request)) {
      target.remember(id, name, past, isParent, leaving, progress);
    }
  }
}
