package org.letargo.archive.checkpoint;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.letargo.archive.CheckpointDescription;
import org.letargo.archive.Samples;

/** Checkpoints made up for tests of stores. */
public final class Checkpoints {
  private Checkpoints() {}

  /** Writes all files and commits. */
  public static CheckpointManifest write(
      CheckpointStore store, String id, Map<String, byte[]> contents) throws IOException {
    try (CheckpointWriter writer = store.begin()) {
      for (Map.Entry<String, byte[]> file : contents.entrySet()) {
        writer.file(file.getKey(), new ByteArrayInputStream(file.getValue()));
      }
      return writer.commit(description(id));
    }
  }

  /** Files of every size, partly the same for every seed. */
  public static Map<String, byte[]> contents(long seed) {
    var random = new Random(seed);
    var contents = new TreeMap<String, byte[]>();
    contents.put("config.dump", ("{\"seed\":" + seed + "}").getBytes());
    contents.put("spec.dump", "{}".getBytes());
    contents.put("deleted.files", new byte[0]);
    contents.put("rootfs-diff.tar", Samples.halfRandom(random, 700_000));
    byte[] pages = Samples.halfRandom(new Random(42), 1 << 20);
    System.arraycopy(new byte[300_000], 0, pages, 200_000, 300_000);
    System.arraycopy(Samples.halfRandom(random, 4096), 0, pages, 900_000, 4096);
    contents.put("checkpoint/pages-1.img", pages);
    contents.put("checkpoint/pages-2.img", Samples.halfRandom(random, 65_536));
    contents.put("checkpoint/core-1.img", Samples.halfRandom(random, 4096));
    contents.put("checkpoint/core-2.img", Samples.halfRandom(random, 4097));
    return contents;
  }

  public static String id(int number) {
    return "20260131-2359%02d-0a1b2c3d".formatted(number);
  }

  public static CheckpointDescription description(String id) {
    CheckpointDescription sample = Samples.DESCRIPTION;
    return new CheckpointDescription(
        id, "", sample.takenAt(), sample.vps(), sample.host(), 123, 456);
  }
}
