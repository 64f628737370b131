package org.letargo.archive.store.pack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.letargo.archive.store.ChunkId;

/** Makes a damaged store a good one, with less in it. */
final class PackRepair {
  private final PackStore store;

  PackRepair(PackStore store) {
    this.store = store;
  }

  StoreRepair run() throws IOException {
    for (var finished : store.workers().finishPacks()) {
      PackSync.await(finished);
    }
    var check = new PackCheck(store);
    if (check.run().clean()) {
      return new StoreRepair(List.of(), List.of(), List.of());
    }
    List<Path> rewritten = new ArrayList<>();
    List<Path> kept = new ArrayList<>();
    try (var evacuation = new PackEvacuation(store)) {
      List<Integer> emptied = new ArrayList<>();
      for (int pack : check.damagedPacks()) {
        boolean done = evacuation.rescue(pack);
        (done ? rewritten : kept).add(store.files().pack(pack));
        if (done) {
          emptied.add(pack);
        }
      }
      evacuation.removeFiles(emptied);
    }
    return new StoreRepair(newIndex(), rewritten, kept);
  }

  private List<ChunkId> newIndex() throws IOException {
    var recovery = new Recovery(store.files(), store.readers());
    return store
        .index()
        .replace(
            recovery.expectedChunks(),
            visitor -> {
              List<Integer> packs = store.files().packNumbers();
              recovery.forEachRow(packs, store.sync().unfinished().keySet(), visitor);
            });
  }
}
