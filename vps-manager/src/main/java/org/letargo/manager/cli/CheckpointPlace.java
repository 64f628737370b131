package org.letargo.manager.cli;

import java.util.Optional;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;

/**
 * A VPS, or a checkpoint of it: {@code NAME} or {@code NAME@CHECKPOINT}.
 *
 * @param checkpoint its id, the beginning of it, or its label, as the manager finds it
 */
record CheckpointPlace(VpsName vps, Optional<String> checkpoint) {

  /**
   * @throws VpsException INVALID_REQUEST if it has another form
   */
  static CheckpointPlace parse(String text) {
    int at = text.indexOf('@');
    if (at < 0) {
      return new CheckpointPlace(new VpsName(text), Optional.empty());
    }
    String checkpoint = text.substring(at + 1);
    if (checkpoint.isEmpty()) {
      throw VpsException.invalid(
          "checkpoint " + VpsException.quoted(text),
          "nothing stands behind the '@'",
          "Write it like 'web1@before-upgrade'.");
    }
    return new CheckpointPlace(new VpsName(text.substring(0, at)), Optional.of(checkpoint));
  }

  /**
   * The checkpoint, where one has to be named.
   *
   * @throws CliFailure if none is
   */
  String requireCheckpoint() {
    return checkpoint.orElseThrow(() ->
        new CliFailure(
            ExitStatus.INVALID_PARAMETER,
            "INVALID_REQUEST",
            "cannot understand '" + vps + "'",
            "it names a VPS and no checkpoint of it",
            "Write it like '" + vps + "@CHECKPOINT'; 'letargo timeline " + vps + "' lists them."));
  }

  /** Where the manager has it. */
  String path() {
    return CliCommand.path(vps) + checkpoint.map(CheckpointPlace::below).orElse("");
  }

  private static String below(String checkpoint) {
    return "/checkpoints/" + ManagerUrl.encoded(checkpoint);
  }

  @Override
  public String toString() {
    return vps + checkpoint.map(word -> "@" + word).orElse("");
  }
}
