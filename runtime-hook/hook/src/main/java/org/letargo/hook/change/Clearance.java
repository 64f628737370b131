package org.letargo.hook.change;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.preflight.Preflight;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Explanation;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.vps.Vps;

/**
 * Lets a suspension or a checkpoint begin, or refuses it before anything is frozen. What tends to
 * pass within moments is waited for: nothing tells when a program has read its socket, so it is
 * looked again.
 */
final class Clearance {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private final Preflight preflight;

  Clearance(Preflight preflight) {
    this.preflight = preflight;
  }

  /**
   * Looks until nothing blocks.
   *
   * @param verb what is to be done, for people
   * @throws VpsException NOT_CHECKPOINTABLE, NO_SPACE, HOST_UNFIT with the obstacles; CANCELLED
   */
  Preflight.Look await(Vps vps, String verb, Operation operation) {
    long endNanos = System.nanoTime() + PATIENCE.toNanos();
    Set<Obstacle> lasting = new HashSet<>();
    for (boolean first = true; ; first = false) {
      Preflight.Look look = preflight.look(vps);
      List<Obstacle> blocking = look.report().blocking();
      if (blocking.isEmpty() || Faults.isWithout("preflight")) {
        return look;
      }
      if (first) {
        lasting.addAll(identities(blocking));
      }
      lasting.retainAll(identities(blocking));
      if (!blocking.stream().allMatch(obstacle -> obstacle.kind().isTransient())) {
        throw refusal(vps.spec().name(), verb, blocking, List.of());
      }
      if (System.nanoTime() >= endNanos) {
        if (lasting.isEmpty()) {
          return look; // each was another one: the next one will have passed, too
        }
        throw refusal(vps.spec().name(), verb, blocking, List.of());
      }
      operation.checkCancelled();
      pause();
    }
  }

  private static List<Obstacle> identities(List<Obstacle> obstacles) {
    return obstacles.stream().map(Preflight::identity).toList();
  }

  /**
   * Refuses a VPS whose processes stand still: what blocks it now will not pass.
   *
   * @throws VpsException as {@link #await}
   */
  Preflight.Look require(Vps vps, String verb) {
    Preflight.Look look = preflight.look(vps);
    List<Obstacle> lasting =
        look.report().blocking().stream()
            .filter(obstacle -> !obstacle.kind().isTransient())
            .toList();
    if (!lasting.isEmpty()) {
      throw refusal(vps.spec().name(), verb, lasting, List.of());
    }
    return look;
  }

  /** Whether the engine failed for what tends to pass. */
  static boolean isTransient(VpsException failure) {
    return failure.code() == Code.NOT_CHECKPOINTABLE
        && failure
            .explanation()
            .map(behind -> behind.obstacles().getFirst().kind().isTransient())
            .orElse(false);
  }

  /** Waits a little before the same is tried again. */
  static void pause() {
    try {
      Thread.sleep(BETWEEN_LOOKS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VpsException(
          Code.INTERRUPTED,
          "what was begun has ended",
          "the hook is stopping",
          "The VPS runs on.",
          e);
    }
  }

  /** What is said of these obstacles; the first is the likeliest cause. */
  static VpsException refusal(
      VpsName name, String verb, List<Obstacle> obstacles, List<String> log) {
    Obstacle first = obstacles.getFirst();
    VpsException refused = VpsException.notCheckpointable(name, verb, obstacles, log);
    Code code = codeOf(first.kind());
    return code == refused.code()
        ? refused
        : new VpsException(code, refused.what(), first.reason(), refused.remedy())
            .explained(new Explanation(obstacles, log));
  }

  private static Code codeOf(ObstacleKind kind) {
    if (kind == ObstacleKind.DISK_SPACE) {
      return Code.NO_SPACE;
    }
    boolean isOfTheHost =
        kind == ObstacleKind.STORE_READ_ONLY
            || kind == ObstacleKind.ENGINE
            || kind == ObstacleKind.RUNTIME;
    return isOfTheHost ? Code.HOST_UNFIT : Code.NOT_CHECKPOINTABLE;
  }
}
