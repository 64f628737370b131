package org.letargo.manager.migration;

import org.letargo.hook.protocol.VpsException;

/** In which way a VPS moves: what is done before it stands still. */
public sealed interface MigrationMode {
  /** Nothing: suspended, moved, resumed. */
  record Stop() implements MigrationMode {}

  /** The word for it everywhere. */
  default String word() {
    return switch (this) {
      case Stop _ -> "stop";
    };
  }

  /**
   * @throws VpsException INVALID_REQUEST if there is none of that name
   */
  static MigrationMode parse(String word) {
    if (word.equals("stop")) {
      return new Stop();
    }
    throw VpsException.invalid(
        "mode " + VpsException.quoted(word), "no VPS moves so", "The modes are: stop.");
  }
}
