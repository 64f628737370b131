package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.letargo.hook.command.Command;
import org.letargo.hook.engine.EngineLog;
import org.letargo.hook.preflight.Preflight;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Explanation;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.runtime.RuncMessages;
import org.letargo.hook.vps.VpsFolder;

/** Says why the engine could not save a VPS, which runs on. */
final class DumpFailure {
  /** A disk with less is full: an image file did not fit. */
  private static final long FULL_BYTES = 1L << 20;

  private DumpFailure() {}

  /**
   * What to tell of it.
   *
   * @param verb what was to be done, for people
   * @param work where the engine wrote its log
   * @param result how the runtime ended
   */
  static VpsException of(VpsFolder folder, String verb, Path work, Command.Result result) {
    Optional<Explanation> behind =
        EngineLog.explain(work.resolve("dump.log"), Preflight::processOf);
    List<String> log = behind.map(Explanation::log).orElse(List.of());
    if (isFull(folder) || log.stream().anyMatch(line -> line.contains("No space left"))) {
      return new VpsException(
              Code.NO_SPACE,
              "cannot " + verb + " VPS '" + folder.name() + "'",
              "no space left in " + folder.state(),
              "Free space on that disk, then try again. The VPS runs on.")
          .explained(new Explanation(List.of(), log));
    }
    List<Obstacle> obstacles =
        behind.map(Explanation::obstacles).orElseGet(() -> List.of(unknown(result)));
    return Clearance.refusal(folder.name(), verb, obstacles, log);
  }

  /** On a full disk the engine cannot even write into its log that it is full. */
  private static boolean isFull(VpsFolder folder) {
    try {
      return Files.getFileStore(folder.state()).getUsableSpace() < FULL_BYTES;
    } catch (IOException e) {
      return false; // then something else is wrong, and the engine's words are all there is
    }
  }

  /** The engine wrote no reason; the runtime may have one. */
  private static Obstacle unknown(Command.Result result) {
    return Obstacle.of(ObstacleKind.UNKNOWN, Optional.empty(), Optional.empty())
        .because("the runtime says: " + RuncMessages.plain(result.errors()));
  }
}
