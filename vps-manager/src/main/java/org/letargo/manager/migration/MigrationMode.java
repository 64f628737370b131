package org.letargo.manager.migration;

import java.time.Duration;
import org.letargo.hook.protocol.VpsException;

/** In which way a VPS moves: what is done before it stands still. */
public sealed interface MigrationMode {
  /** Nothing: suspended, moved, resumed. */
  record Stop() implements MigrationMode {}

  /**
   * Memory and disk go while it runs, in rounds; what is left goes when it stands still.
   *
   * @param downtime in which that should be sent
   */
  record Precopy(Duration downtime) implements MigrationMode {}

  /**
   * {@link Stop} or {@link Precopy}, whichever fits; see {@link ModeChoice}.
   *
   * @param downtime as of {@link Precopy}
   */
  record Auto(Duration downtime) implements MigrationMode {}

  /** What people do not notice. */
  Duration DEFAULT_DOWNTIME = Duration.ofMillis(300);

  /** Nothing: frozen, moved without its memory, resumed; the memory follows while it runs. */
  record Postcopy() implements MigrationMode {}

  /** Whether its memory stays at the source until it runs at the target. */
  default boolean lends() {
    return this instanceof Postcopy;
  }

  /** The word for it everywhere. */
  default String word() {
    return switch (this) {
      case Stop _ -> "stop";
      case Precopy _ -> "precopy";
      case Auto _ -> "auto";
      case Postcopy _ -> "postcopy";
    };
  }

  /**
   * @param downtime for those modes that know one
   * @throws VpsException INVALID_REQUEST if there is none of that name
   */
  static MigrationMode parse(String word, Duration downtime) {
    return switch (word) {
      case "stop" -> new Stop();
      case "precopy" -> new Precopy(downtime);
      case "auto" -> new Auto(downtime);
      case "postcopy" -> new Postcopy();
      default ->
          throw VpsException.invalid(
              "mode " + VpsException.quoted(word),
              "no VPS moves so",
              "The modes are: stop, precopy, postcopy, auto.");
    };
  }
}
