package org.letargo.manager.vps;

import java.util.Optional;
import org.letargo.hook.protocol.Resumed;

/** How much memory a VPS that runs still waits for, as the API shows it; schema Loading. */
public record LoadingView(long totalBytes, long missingBytes, int percent) {
  /** Absent if all is there. */
  static Optional<LoadingView> of(Resumed resumed) {
    return switch (resumed) {
      case Resumed.Lazily way when way.missing().bytes() > 0 ->
          Optional.of(new LoadingView(way.later().bytes(), way.missing().bytes(), way.percent()));
      case Resumed.Lazily _, Resumed.Eagerly _, Resumed.Broken _ -> Optional.empty();
    };
  }
}
