package org.letargo.manager.timeline;

import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.VerifyDepth;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.web.Call;
import org.letargo.manager.web.Endpoints;

/** Timelines: look, checkpoint, verify, mark, forget, rewind, clone. */
public final class TimelineRoute {
  /** Schema TakeCheckpoint. */
  record TakeBody(Optional<String> label, Optional<String> note, Optional<VerifyDepth> verify) {}

  /** Schema Verify. */
  record VerifyBody(Optional<VerifyDepth> depth) {}

  /** Schema MarkCheckpoint. */
  record MarkBody(Optional<String> label, Optional<String> note, Optional<Boolean> pinned) {}

  /** Schema Rewind. */
  record RewindBody(String checkpoint, Optional<Boolean> discardCurrent) {}

  /** Schema CloneVps. */
  record CloneBody(
      VpsName name,
      Optional<String> checkpoint,
      Optional<Ipv4Address> address,
      Optional<List<PublishedPort>> publish) {}

  private final Checkpoints checkpoints;
  private final ChangeTimeline change;
  private final CloneVps clone;

  public TimelineRoute(Checkpoints checkpoints, ChangeTimeline change, CloneVps clone) {
    this.checkpoints = checkpoints;
    this.change = change;
    this.clone = clone;
  }

  public void addTo(Endpoints endpoints) {
    endpoints
        .add("listCheckpoints", this::list)
        .add("getCheckpoint", this::get)
        .add("diffCheckpoints", this::diff)
        .add("takeCheckpoint", this::take)
        .add("verifyCheckpoint", this::verify)
        .add("markCheckpoint", this::mark)
        .add("forgetCheckpoint", this::forget)
        .add("rewindVps", this::rewind)
        .add("cloneVps", this::cloneVps);
  }

  private void list(Call call) {
    VpsName name = name(call);
    call.blocking(() -> call.answer(200, TimelineView.of(checkpoints.timeline(name))));
  }

  private void get(Call call) {
    VpsName name = name(call);
    String word = call.path("checkpoint");
    call.blocking(() -> call.answer(200, CheckpointEntryView.of(checkpoints.find(name, word))));
  }

  private void diff(Call call) {
    VpsName name = name(call);
    String word = call.path("checkpoint");
    VpsName other = call.query("vps").map(VpsName::new).orElse(name);
    Optional<String> otherWord = call.query("to");
    call.blocking(() -> call.answer(200, checkpoints.diff(name, word, other, otherWord)));
  }

  private void take(Call call) {
    VpsName name = name(call);
    TakeBody body = call.body(TakeBody.class);
    call.blocking(() ->
        call.accepted(
            change.checkpoint(
                name, body.label().orElse(""), body.note().orElse(""), body.verify(), call.by())));
  }

  private void verify(Call call) {
    VpsName name = name(call);
    String word = call.path("checkpoint");
    VerifyDepth depth = call.body(VerifyBody.class).depth().orElse(VerifyDepth.RESTORE);
    call.blocking(() -> call.accepted(change.verify(name, id(name, word), depth, call.by())));
  }

  private void mark(Call call) {
    VpsName name = name(call);
    String word = call.path("checkpoint");
    MarkBody body = call.body(MarkBody.class);
    call.blocking(() ->
        call.answer(
            200,
            CheckpointEntryView.of(
                checkpoints.mark(name, id(name, word), body.label(), body.note(), body.pinned()))));
  }

  private void forget(Call call) {
    VpsName name = name(call);
    String word = call.path("checkpoint");
    call.blocking(() -> call.accepted(change.forget(name, id(name, word), call.by())));
  }

  private void rewind(Call call) {
    VpsName name = name(call);
    RewindBody body = call.body(RewindBody.class);
    boolean discard = body.discardCurrent().orElse(false);
    call.blocking(
        () -> call.accepted(change.rewind(name, id(name, body.checkpoint()), discard, call.by())));
  }

  private void cloneVps(Call call) {
    VpsName origin = name(call);
    CloneBody body = call.body(CloneBody.class);
    call.blocking(() -> {
      Optional<CheckpointId> from = body.checkpoint().map(word -> id(origin, word));
      CloneVps.Wish wish =
          new CloneVps.Wish(
              origin, from, body.name(), body.address(), body.publish().orElse(List.of()));
      call.accepted(clone.start(wish, call.by()));
    });
  }

  /**
   * @throws VpsException NOT_FOUND, INVALID_REQUEST, HOOK_UNREACHABLE
   */
  private CheckpointId id(VpsName name, String word) {
    return checkpoints.find(name, word).checkpoint().id();
  }

  /**
   * @throws VpsException INVALID_REQUEST
   */
  private static VpsName name(Call call) {
    return new VpsName(call.path("name"));
  }
}
