package org.letargo.manager.migration;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.Optional;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.MigrationPhase;
import org.letargo.hook.protocol.MigrationReport;

/**
 * What one host says to another of a migration.
 *
 * @param why what went wrong, in two sentences; empty if nothing did
 * @param remedy with it
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record MigrationAnswer(MigrationPhase phase, Optional<String> why, Optional<String> remedy) {
  private static final int MAX_SENTENCE = 500;

  static MigrationAnswer of(MigrationReport report) {
    return new MigrationAnswer(
        report.phase(),
        report.why().map(failure -> failure.what() + ": " + failure.why()),
        report.why().map(Failure::remedy));
  }

  /** What went wrong there, made safe to be shown. */
  Optional<Failure> failure(String peer) {
    return why.map(text ->
        new Failure(
            Code.PEER_REFUSED,
            "host '" + peer + "' could not bring it to life",
            safe(text),
            remedy.map(MigrationAnswer::safe).orElse("")));
  }

  private static String safe(String text) {
    return text.substring(0, Math.min(text.length(), MAX_SENTENCE)).replaceAll("\\p{Cntrl}", "?");
  }
}
