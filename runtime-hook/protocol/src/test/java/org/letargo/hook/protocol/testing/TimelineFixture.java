package org.letargo.hook.protocol.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.StoreReport;
import org.letargo.hook.protocol.Timeline;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;
import org.letargo.hook.protocol.VpsStatus;

/** What the contracts about checkpoints share. */
public abstract class TimelineFixture extends HookContractFixture {
  static final CheckpointId UNKNOWN = new CheckpointId("20260102-030405-00000000");

  /** To the disk, and to memory: /run is a file system of memory in every VPS. */
  void write(VpsName name, String words) {
    for (String file : List.of("/kept", "/run/kept")) {
      assertThat(exec(name, "", "sh", "-c", "echo " + words + " > " + file)).isEqualTo("0::");
    }
  }

  /** What the disk has, a blank, what memory has; - for nothing. */
  String read(VpsName name) {
    return content(name, "/kept") + " " + content(name, "/run/kept");
  }

  String content(VpsName name, String file) {
    String told = exec(name, "", "cat", file);
    return told.startsWith("0:") ? told.substring(2).replaceAll("\\n:$", "") : "-";
  }

  VpsReport find(VpsName name) {
    VpsReport vps = client().call(new HookRequest.FindVps(name));
    // what changes by itself: the memory in use and that still comes, and with them the revision
    return new VpsReport(
        vps.spec(), vps.status(), DataSize.ofBytes(0), vps.change(), 0, Optional.empty());
  }

  Timeline timeline(VpsName name) {
    return client().call(new HookRequest.ListCheckpoints(name));
  }

  StoreReport store() {
    return client().call(new HookRequest.DescribeStore());
  }

  TimelineEntry checkpoint(VpsName name, String label) {
    return client().call(checkpointOf(name, label));
  }

  VpsStatus rewind(VpsName name, TimelineEntry to) {
    return status(new HookRequest.RewindVps(op(), name, id(to), false));
  }

  static HookRequest.CheckpointVps checkpointOf(VpsName name, String label) {
    return new HookRequest.CheckpointVps(op(), name, CheckpointKind.MANUAL, label, "a note");
  }

  static HookRequest.CloneVps cloneOf(VpsName name, Optional<CheckpointId> from, VpsName copy) {
    return new HookRequest.CloneVps(op(), name, from, copy, Optional.empty(), List.of());
  }

  static HookRequest.MarkCheckpoint pin(VpsName name, CheckpointId id, boolean pinned) {
    return new HookRequest.MarkCheckpoint(
        name, id, Optional.empty(), Optional.empty(), Optional.of(pinned));
  }

  static HookRequest.MarkCheckpoint label(VpsName name, CheckpointId id, String label) {
    return new HookRequest.MarkCheckpoint(
        name, id, Optional.of(label), Optional.empty(), Optional.empty());
  }

  static TimelineEntry marked(TimelineEntry entry, String label, String note, boolean pinned) {
    return entry.marked(Optional.of(label), Optional.of(note), Optional.of(pinned));
  }

  static CheckpointId id(TimelineEntry entry) {
    return entry.checkpoint().id();
  }
}
