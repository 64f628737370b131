package org.letargo.archive.store.pack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkStore;
import org.letargo.archive.store.ChunkWriter;

/** What tests do with the folders of stores. */
final class StoreCopies {
  /** Packs in the order of chunks put: one worker. */
  static final PackStoreOptions ORDERED =
      PackStoreOptions.defaults().withWorkers(1).withMinFreeBytes(0);

  private StoreCopies() {}

  /** Puts contents in this order and flushes. */
  static Map<ChunkId, byte[]> put(ChunkStore store, List<byte[]> contents) throws IOException {
    Map<ChunkId, byte[]> stored = new LinkedHashMap<>();
    try (ChunkWriter writer = store.writer()) {
      for (byte[] content : contents) {
        CompletableFuture<ChunkId> put = writer.put(ByteBuffer.wrap(content));
        stored.put(put.join(), content);
      }
      writer.flush();
    }
    return stored;
  }

  /** The folder as a crash of its process would leave it. */
  static Path copy(Path store, Path target) throws IOException {
    remove(target);
    Files.createDirectory(target);
    try (Stream<Path> all = Files.walk(store)) {
      for (Path path : (Iterable<Path>) all.sorted()::iterator) {
        if (!path.equals(store)) {
          Files.copy(
              path,
              target.resolve(store.relativize(path).toString()),
              java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
    return target;
  }

  static void remove(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  static List<Path> packs(Path store) throws IOException {
    try (Stream<Path> all = Files.list(store.resolve("packs"))) {
      return new ArrayList<>(all.sorted().toList());
    }
  }

  static Path onlyPack(Path store) throws IOException {
    List<Path> packs = packs(store);
    if (packs.size() != 1) {
      throw new IllegalStateException("there are " + packs);
    }
    return packs.getFirst();
  }
}
