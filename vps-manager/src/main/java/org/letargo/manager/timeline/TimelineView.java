package org.letargo.manager.timeline;

import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Timeline;
import org.letargo.hook.protocol.VpsName;

/** A timeline as the API shows it; schema Timeline. */
record TimelineView(
    VpsName vps, Optional<CheckpointId> here, List<CheckpointEntryView> checkpoints) {
  static TimelineView of(Timeline timeline) {
    return new TimelineView(
        timeline.vps(),
        timeline.here(),
        timeline.checkpoints().stream().map(CheckpointEntryView::of).toList());
  }
}
