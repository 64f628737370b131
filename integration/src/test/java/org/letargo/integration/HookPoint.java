package org.letargo.integration;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A named point of the hook where a test lets something happen, and what becomes of the VPS then.
 *
 * @param before its state when the change begins
 * @param after its state when the hook, which died there, is there again; "gone" if there is none
 * @param end the state of the operation then
 */
record HookPoint(String name, String before, String after, String end) {
  private static final Set<String> LAZY =
      Set.of("resume.loading", "resume.loaded", "resume.broken");

  /** In the order in which the changes pass them. */
  static Stream<HookPoint> all() {
    return Stream.of(
        new HookPoint("create.before-rename", "gone", "gone", "failed"),
        new HookPoint("create.after-rename", "gone", "stopped", "succeeded"),
        new HookPoint("start.before-create", "stopped", "stopped", "failed"),
        new HookPoint("start.after-create", "stopped", "stopped", "failed"),
        new HookPoint("start.after-start", "stopped", "running", "succeeded"),
        new HookPoint("suspend.before-dump", "running", "running", "failed"),
        new HookPoint("suspend.before-commit", "running", "running", "failed"),
        new HookPoint("suspend.after-manifest", "running", "running", "failed"),
        new HookPoint("suspend.after-timeline", "running", "running", "failed"),
        new HookPoint("suspend.before-verify", "running", "running", "failed"),
        new HookPoint("suspend.after-verify", "running", "running", "failed"),
        new HookPoint("suspend.after-commit", "running", "running", "failed"),
        new HookPoint("suspend.before-cleanup", "running", "suspended", "succeeded"),
        new HookPoint("suspend.after-journal", "running", "suspended", "succeeded"),
        new HookPoint("checkpoint.before-dump", "running", "running", "failed"),
        new HookPoint("checkpoint.before-commit", "running", "running", "failed"),
        new HookPoint("checkpoint.after-thaw", "running", "running", "failed"),
        new HookPoint("checkpoint.after-manifest", "running", "running", "failed"),
        new HookPoint("checkpoint.after-timeline", "running", "running", "succeeded"),
        new HookPoint("verify.before-restore", "running", "running", "failed"),
        new HookPoint("verify.before-compare", "running", "running", "failed"),
        new HookPoint("verify.after-compare", "running", "running", "failed"),
        new HookPoint("verify.after-restore", "running", "running", "failed"),
        new HookPoint("verify.before-result", "running", "running", "failed"),
        new HookPoint("verify.after-result", "running", "running", "failed"),
        new HookPoint("forget.before-remove", "running", "running", "failed"),
        new HookPoint("forget.after-remove", "running", "running", "succeeded"),
        new HookPoint("rewind.after-present", "running", "suspended", "failed"),
        new HookPoint("rewind.before-resume", "running", "suspended", "failed"),
        new HookPoint("clone.after-present", "running", "running", "failed"),
        new HookPoint("clone.before-rename", "running", "running", "failed"),
        new HookPoint("clone.after-rename", "running", "running", "failed"),
        new HookPoint("resume.before-restore", "suspended", "suspended", "failed"),
        new HookPoint("resume.before-release", "suspended", "suspended", "failed"),
        new HookPoint("resume.after-release", "suspended", "suspended", "failed"),
        new HookPoint("resume.after-restore", "suspended", "running", "succeeded"),
        new HookPoint("resume.after-journal", "suspended", "running", "succeeded"),
        new HookPoint("resume.loading", "suspended", "suspended", "succeeded"),
        new HookPoint("resume.loaded", "suspended", "suspended", "succeeded"),
        new HookPoint("resume.broken", "suspended", "suspended", "succeeded"),
        new HookPoint("export.midway", "suspended", "suspended", "failed"),
        new HookPoint("import.midway", "gone", "gone", "failed"),
        new HookPoint("import.received", "gone", "gone", "failed"),
        new HookPoint("import.after-manifest", "gone", "gone", "failed"),
        new HookPoint("import.before-rename", "gone", "gone", "failed"),
        new HookPoint("import.after-rename", "gone", "suspended", "succeeded"),
        new HookPoint("destroy.begin", "running", "gone", "succeeded"),
        new HookPoint("destroy.after-stop", "suspended", "gone", "succeeded"),
        new HookPoint("destroy.after-rename", "running", "gone", "succeeded"));
  }

  /**
   * The verbs whose every point can fail, or take its time, and not only end with the hook; but for
   * those that come when the VPS runs already.
   */
  static Stream<HookPoint> ofCheckpoints() {
    return all()
        .filter(point -> !point.isLazy())
        .filter(
            point -> List.of("suspend", "checkpoint", "resume", "verify").contains(point.verb()));
  }

  @Override
  public String toString() {
    return "%s: a VPS that was %s is %s, the operation has %s".formatted(name, before, after, end);
  }

  HookPoint inState(String now) {
    return new HookPoint(name, before, now, end);
  }

  String verb() {
    return name.substring(0, name.indexOf('.'));
  }

  /** It comes to this one only if something has failed before. */
  String fault() {
    return name.equals("resume.broken") ? "fail:resume.loading," + name : name;
  }

  /** Whether it comes when the VPS runs already, and its memory comes late. */
  boolean isLazy() {
    return LAZY.contains(name);
  }
}
