package org.letargo.hook.change;

import java.nio.file.Path;
import java.util.Optional;
import org.letargo.hook.engine.EngineLog;
import org.letargo.hook.protocol.Explanation;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.VpsException;

/** Says why a restore has failed: what we refused ourselves, else what the engine's log tells. */
final class RestoreFailure {
  private RestoreFailure() {}

  /**
   * @param what has failed, as {@link VpsException#what}
   * @param veto what we said to the engine; empty if it failed by itself
   * @param cause what came of it
   * @param log where the engine has written its log
   * @param after what is true now, as a sentence
   */
  static VpsException of(
      String what, Optional<VpsException> veto, RuntimeException cause, Path log, String after) {
    VpsException known = veto.orElse(cause instanceof VpsException said ? said : null);
    if (known == null) {
      return VpsException.internal(what, cause);
    }
    Optional<Explanation> behind =
        veto.isEmpty()
            ? EngineLog.explain(log.resolve("restore.log"), _ -> Optional.empty())
            : Optional.empty();
    Optional<Obstacle> obstacle = behind.map(found -> found.obstacles().getFirst());
    VpsException failure =
        new VpsException(
            known.code(),
            what,
            obstacle.map(Obstacle::sentence).orElse(known.why()),
            (obstacle.map(Obstacle::remedy).orElse(known.remedy()) + " " + after).strip(),
            cause);
    return behind.map(failure::explained).orElse(failure);
  }
}
