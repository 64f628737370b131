package org.letargo.hook.protocol.testing;

import java.time.Instant;
import java.util.Set;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsStatus;

/** Which change is legal in which status, and what it leads to. */
enum FakeMoves {
  START("start", "Only a stopped VPS is started.", "stopped"),
  STOP("stop", "Only a VPS with processes is stopped.", "running", "paused"),
  PAUSE("pause", "Only a running VPS is paused.", "running"),
  UNPAUSE("unpause", "Only a paused VPS is unpaused.", "paused"),
  SUSPEND("suspend", "Start it first.", "running", "paused"),
  RESUME("resume", "Only a suspended VPS is resumed.", "suspended"),
  EXPORT("export", "Suspend or stop it first.", "suspended", "stopped"),
  CHECKPOINT("checkpoint", "It is in a checkpoint already.", "running", "paused", "stopped"),
  REWIND("rewind", "", "stopped", "running", "paused", "suspended"),
  CLONE("clone", "", "stopped", "running", "paused", "suspended"),
  FORGET("forget a checkpoint of", "", "stopped", "running", "paused", "suspended"),
  DESTROY("destroy", "", "stopped", "running", "paused", "suspended");

  private final String verb;
  private final String remedy;
  private final Set<String> legal;

  FakeMoves(String verb, String remedy, String... legal) {
    this.verb = verb;
    this.remedy = remedy;
    this.legal = Set.of(legal);
  }

  void check(VpsName name, VpsStatus status) {
    if (!legal.contains(status.word())) {
      throw VpsException.wrongState(name, verb, status.word(), remedy);
    }
  }

  static VpsStatus paused(VpsStatus status) {
    return switch (status) {
      case VpsStatus.Running(long pid, Instant since) -> new VpsStatus.Paused(pid, since);
      case VpsStatus.Paused _, VpsStatus.Stopped _, VpsStatus.Suspended _ -> status;
    };
  }

  static VpsStatus unpaused(VpsStatus status) {
    return switch (status) {
      case VpsStatus.Paused(long pid, Instant since) -> new VpsStatus.Running(pid, since);
      case VpsStatus.Running _, VpsStatus.Stopped _, VpsStatus.Suspended _ -> status;
    };
  }
}
