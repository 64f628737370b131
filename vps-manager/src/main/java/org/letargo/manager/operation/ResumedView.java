package org.letargo.manager.operation;

import java.util.Optional;
import org.letargo.hook.protocol.Resumed;

/**
 * Which way a VPS was brought back to life, as the API shows it; schema Resumed.
 *
 * @param reason why it was not the lazy one; absent if it was
 */
public record ResumedView(String way, Optional<String> reason) {
  static Optional<ResumedView> of(Resumed resumed) {
    return switch (resumed) {
      case Resumed.Eagerly(String reason) ->
          Optional.of(new ResumedView("eager", Optional.of(reason)));
      case Resumed.Lazily _ -> Optional.of(new ResumedView("lazy", Optional.empty()));
      case Resumed.Broken _ -> Optional.empty(); // what came of it later is an operation of its own
    };
  }
}
