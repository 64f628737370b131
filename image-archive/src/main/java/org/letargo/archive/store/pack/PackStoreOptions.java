package org.letargo.archive.store.pack;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a {@link PackStore} works. {@link #defaults} and the methods that change one thing make it.
 *
 * @param encrypt whether a store that is made now is encrypted; one that is there stays as it is
 * @param keyFile where the key of an encrypted store is; empty: {@code key} in its folder
 * @param zstdLevel how hard to compress new chunks, -7 to 19
 * @param maxBytes what the packs may take together; beyond it new chunks are refused
 * @param minFreeBytes what the store leaves free on its disk
 * @param workers threads that hash and compress
 * @param underWayBytes contents taken but not yet stored, in buffers of the callers; beyond it
 *     {@code put} waits
 * @param packBytes a pack that has become so long is finished
 */
public record PackStoreOptions(
    boolean encrypt,
    Optional<Path> keyFile,
    int zstdLevel,
    long maxBytes,
    long minFreeBytes,
    int workers,
    int underWayBytes,
    int packBytes) {
  private static final int MAX_WORKERS = 16;

  public PackStoreOptions {
    require(zstdLevel >= -7 && zstdLevel <= 19, "the zstd level is -7 to 19");
    require(maxBytes > 0, "the store may take more than nothing");
    require(minFreeBytes >= 0, "the space left free is 0 or more");
    require(workers >= 1 && workers <= 256, "there are 1 to 256 workers");
    require(underWayBytes >= 1 << 20, "a chunk of 1 MiB must fit what is under way");
    require(packBytes >= 4096 && packBytes <= 1 << 30, "a pack has 4 KiB to 1 GiB");
  }

  private static void require(boolean condition, String rule) {
    if (!condition) {
      throw new IllegalArgumentException(rule);
    }
  }

  /**
   * Not encrypted, level 1 (see docs/design/007-store.md for why), no size limit, 256 MiB of the
   * disk left free, a worker per core up to 16, 32 MiB under way, packs of 64 MiB.
   */
  public static PackStoreOptions defaults() {
    int cores = Runtime.getRuntime().availableProcessors();
    return new PackStoreOptions(
        false,
        Optional.empty(),
        1,
        Long.MAX_VALUE,
        256L << 20,
        Math.min(cores, MAX_WORKERS),
        32 << 20,
        64 << 20);
  }

  /** With the key in the store's own folder, where nobody but its owner can read it. */
  public PackStoreOptions encrypted() {
    return new PackStoreOptions(
        true, keyFile, zstdLevel, maxBytes, minFreeBytes, workers, underWayBytes, packBytes);
  }

  /**
   * With the key in another file, 0600: 64 hexadecimal digits. A new store makes it where there is
   * none.
   */
  public PackStoreOptions encrypted(Path key) {
    return new PackStoreOptions(
        true,
        Optional.of(key),
        zstdLevel,
        maxBytes,
        minFreeBytes,
        workers,
        underWayBytes,
        packBytes);
  }

  public PackStoreOptions withZstdLevel(int level) {
    return new PackStoreOptions(
        encrypt, keyFile, level, maxBytes, minFreeBytes, workers, underWayBytes, packBytes);
  }

  public PackStoreOptions withMaxBytes(long bytes) {
    return new PackStoreOptions(
        encrypt, keyFile, zstdLevel, bytes, minFreeBytes, workers, underWayBytes, packBytes);
  }

  public PackStoreOptions withMinFreeBytes(long bytes) {
    return new PackStoreOptions(
        encrypt, keyFile, zstdLevel, maxBytes, bytes, workers, underWayBytes, packBytes);
  }

  public PackStoreOptions withWorkers(int threads) {
    return new PackStoreOptions(
        encrypt, keyFile, zstdLevel, maxBytes, minFreeBytes, threads, underWayBytes, packBytes);
  }

  public PackStoreOptions withUnderWayBytes(int bytes) {
    return new PackStoreOptions(
        encrypt, keyFile, zstdLevel, maxBytes, minFreeBytes, workers, bytes, packBytes);
  }

  public PackStoreOptions withPackBytes(int bytes) {
    return new PackStoreOptions(
        encrypt, keyFile, zstdLevel, maxBytes, minFreeBytes, workers, underWayBytes, bytes);
  }
}
