package org.letargo.hook.change;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.letargo.archive.checkpoint.Damage;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkStore;
import org.letargo.archive.store.pack.StoreCheck;
import org.letargo.archive.store.pack.StoreProblem;
import org.letargo.archive.store.pack.StoreRepair;
import org.letargo.archive.store.pack.StoreStat;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.StoreFindings;
import org.letargo.hook.protocol.StoreReport;
import org.letargo.hook.protocol.StoreWork;
import org.letargo.hook.vps.Vps;

/** Looks after the store as a whole, beside everything else. */
final class MaintainStore {
  private final Host host;

  MaintainStore(Host host) {
    this.host = host;
  }

  /** What the store keeps and takes. */
  StoreReport report() {
    try {
      StoreStat stat = host.store().packs().stat();
      long contentBytes = 0;
      List<String> ids = host.store().checkpoints().list();
      for (Vps vps : host.vpses().all()) {
        contentBytes +=
            vps.timeline().now().checkpoints().stream()
                .mapToLong(entry -> entry.checkpoint().size().bytes())
                .sum();
      }
      return new StoreReport(
          ids.size(),
          stat.chunks(),
          DataSize.ofBytes(contentBytes),
          DataSize.ofBytes(stat.storedBytes()),
          DataSize.ofBytes(stat.deadBytes()),
          DataSize.ofBytes(stat.maxBytes() == Long.MAX_VALUE ? 0 : stat.maxBytes()),
          DataSize.ofBytes(stat.roomBytes()),
          host.store().packs().encrypted(),
          host.store().zstdLevel(),
          host.store().frozenBuffer());
    } catch (IOException e) {
      throw DurableFiles.failed("cannot look at the store", e);
    }
  }

  StoreFindings run(StoreWork work, Operation operation) {
    try {
      operation.phase(
          switch (work) {
            case CHECK -> "check";
            case COLLECT -> "collect";
            case REPAIR -> "repair";
          },
          5);
      return switch (work) {
        case CHECK -> check();
        case COLLECT -> collect();
        case REPAIR -> repair();
      };
    } catch (IOException e) {
      throw DurableFiles.failed("cannot work on the store", e);
    }
  }

  private StoreFindings check() throws IOException {
    StoreCheck found = host.store().packs().check();
    Set<ChunkId> damaged =
        found.problems().stream()
            .filter(StoreProblem.LostChunk.class::isInstance)
            .map(problem -> ((StoreProblem.LostChunk) problem).id())
            .collect(Collectors.toSet());
    return new StoreFindings(
        DataSize.ofBytes(found.contentBytes()),
        DataSize.ofBytes(0),
        found.problemCount(),
        hit(damaged));
  }

  private StoreFindings collect() throws IOException {
    ChunkStore.Collected collected = host.store().checkpoints().collect();
    return new StoreFindings(
        DataSize.ofBytes(0), DataSize.ofBytes(collected.storedBytes()), 0, List.of());
  }

  private StoreFindings repair() throws IOException {
    StoreRepair repaired = host.store().packs().repair();
    return new StoreFindings(
        DataSize.ofBytes(0),
        DataSize.ofBytes(0),
        repaired.lost().size(),
        hit(Set.copyOf(repaired.lost())));
  }

  /** The checkpoints that cannot be resumed without these chunks, or without others. */
  private List<StoreFindings.DamagedCheckpoint> hit(Set<ChunkId> damaged) throws IOException {
    Map<String, List<String>> files = new LinkedHashMap<>();
    host.store()
        .checkpoints()
        .check(
            damaged::contains,
            (Damage damage) ->
                files
                    .computeIfAbsent(damage.checkpoint(), _ -> new ArrayList<>())
                    .add(damage.path()));
    List<StoreFindings.DamagedCheckpoint> hit = new ArrayList<>();
    for (Vps vps : host.vpses().all()) {
      files.forEach((id, paths) -> {
        if (vps.timeline().find(new CheckpointId(id)).isPresent()) {
          hit.add(
              new StoreFindings.DamagedCheckpoint(vps.spec().name(), new CheckpointId(id), paths));
        }
      });
    }
    return hit;
  }
}
