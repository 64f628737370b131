package org.letargo.hook.config;

import java.nio.file.Path;
import java.util.Optional;
import org.letargo.hook.protocol.DataSize;

/**
 * How the store of checkpoints works: the section {@code hook.store}.
 *
 * @param keyFile the key that it is encrypted with; empty: it is not encrypted
 * @param zstdLevel how hard new chunks are compressed, -7 to 19
 * @param budget what it may take on the disk; empty: as much as the disk has
 * @param frozenBuffer memory of a VPS that may be held while it stands still; empty: a quarter of
 *     what is free then
 */
public record StoreSettings(
    Optional<Path> keyFile,
    int zstdLevel,
    Optional<DataSize> budget,
    Optional<DataSize> frozenBuffer) {
  /** What holds where the file says nothing. */
  public static final StoreSettings DEFAULTS =
      new StoreSettings(Optional.empty(), 1, Optional.empty(), Optional.empty());
}
