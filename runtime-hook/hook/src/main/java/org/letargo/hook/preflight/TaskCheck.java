package org.letargo.hook.preflight;

import org.letargo.hook.protocol.ObstacleKind;

/** States of processes that the engine cannot stop them in, or cannot make again. */
final class TaskCheck implements Check {
  @Override
  public void search(Scene scene, Findings findings) {
    for (GuestProcess process : scene.members()) {
      TaskStatus status = process.status();
      if (status.tracer() != 0) {
        findings.add(
            process
                .obstacle(ObstacleKind.TRACED)
                .because(ObstacleKind.TRACED.reason() + tracer(scene, status.tracer())));
      }
      if (status.state() == 'D') {
        // the count makes this sleep another than the next one of a busy disk
        findings.add(
            process
                .obstacle(ObstacleKind.UNINTERRUPTIBLE)
                .because(
                    ObstacleKind.UNINTERRUPTIBLE.reason()
                        + ": in %s, after %d switches"
                            .formatted(place(process.hostPid()), status.switches())));
      }
      if (status.hasDeadFirstThread()) {
        findings.add(process.obstacle(ObstacleKind.DEAD_FIRST_THREAD));
      }
      if (status.session() == 0) {
        findings.add(process.obstacle(ObstacleKind.SESSION_OUTSIDE));
      }
    }
    scene.guests().stream()
        .filter(guest -> !isBelowAGuest(scene, guest))
        .forEach(guest -> findings.add(guest.obstacle(ObstacleKind.EXEC_SESSION)));
  }

  private static String place(long hostPid) {
    String place = ProcFile.readIfThere("/proc/" + hostPid + "/wchan");
    return place.isEmpty() || place.equals("0") ? "an unknown place" : place;
  }

  private static String tracer(Scene scene, long hostPid) {
    return scene.members().stream()
        .filter(process -> process.hostPid() == hostPid)
        .findFirst()
        .map(process -> ": by " + process.name())
        .orElse(": by a process outside the VPS");
  }

  private static boolean isBelowAGuest(Scene scene, GuestProcess guest) {
    return scene.guests().stream().anyMatch(other -> other.hostPid() == guest.status().parent());
  }
}
