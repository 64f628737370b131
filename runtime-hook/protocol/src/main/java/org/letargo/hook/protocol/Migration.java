package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a VPS stands between two hosts: kept in its folder for as long as it is not simply here.
 *
 * @param peer the other host, as this one calls it
 * @param since when this phase began
 * @param was what it did when it was told to leave, and does again where it goes on
 * @param keepSource whether its checkpoints stay at the source when it has left
 * @param checkpoint the state in which it travels; empty until there is one
 */
public record Migration(
    MigrationId id,
    MigrationPhase phase,
    MigrationPeer peer,
    Instant since,
    Was was,
    boolean keepSource,
    Optional<CheckpointId> checkpoint) {

  /** What a VPS did before. */
  public enum Was {
    RUNNING,
    PAUSED,
    SUSPENDED,
    STOPPED;

    /** The word for it everywhere, such as {@code running}. */
    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** What it does in this status. */
    public static Was of(VpsStatus status) {
      return switch (status) {
        case VpsStatus.Running _ -> RUNNING;
        case VpsStatus.Paused _ -> PAUSED;
        case VpsStatus.Suspended _ -> SUSPENDED;
        case VpsStatus.Stopped _ -> STOPPED;
      };
    }

    /** Whether it has processes again where it goes on. */
    public boolean isAlive() {
      return this == RUNNING || this == PAUSED;
    }
  }

  /** The same in another phase, from now on. */
  public Migration in(MigrationPhase next) {
    return new Migration(id, next, peer, Instant.now(), was, keepSource, checkpoint);
  }

  /** The same, travelling in this state. */
  public Migration with(CheckpointId state) {
    return new Migration(id, phase, peer, since, was, keepSource, Optional.of(state));
  }

  /** Why something else cannot be done to the VPS now, and what to do. */
  public VpsException refusal(VpsName vps, String verb) {
    return new VpsException(
        Code.WRONG_STATE,
        "cannot " + verb + " VPS '" + vps + "'",
        sentence() + " (since " + since.truncatedTo(ChronoUnit.SECONDS) + ")",
        remedy(vps));
  }

  /** Where it stands, for people. */
  public String sentence() {
    return switch (phase) {
      case LEAVING -> "it is leaving for host '" + peer.name() + "'";
      case HANDED_OVER ->
          "it was handed over to host '" + peer.name() + "', which has not said yet that it has it";
      case LENT -> "it runs on host '" + peer.name() + "', and a part of its memory is still here";
      case MOVED -> "it has moved to host '" + peer.name() + "', and only its checkpoints are here";
      case ARRIVING, BORROWING -> "it is arriving from host '" + peer.name() + "'";
      case OWNED, GIVEN_BACK, UNKNOWN -> "its migration is about to end";
    };
  }

  private String remedy(VpsName vps) {
    return switch (phase) {
      case LEAVING -> "Wait for its migration, or cancel that.";
      case HANDED_OVER ->
          "It goes on by itself when that host answers. If that host is gone for good: 'letargo"
              + " migrate --take-back "
              + vps
              + "'.";
      case LENT -> "Wait until all of it is there.";
      case MOVED -> "Look for it there, or destroy what is here.";
      case ARRIVING, BORROWING -> "Wait for its migration.";
      case OWNED, GIVEN_BACK, UNKNOWN -> "Try it again.";
    };
  }
}
