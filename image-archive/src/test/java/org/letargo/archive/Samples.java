package org.letargo.archive;

import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.letargo.archive.VpsDescription.PortMapping;
import org.letargo.archive.VpsDescription.PortMapping.Transport;

/** Checkpoints made up for tests. */
public final class Samples {
  public static final CheckpointDescription DESCRIPTION =
      new CheckpointDescription(
          "20260131-235959-0a1b2c3d",
          "20260130-120000-ffffffff",
          Instant.parse("2026-01-31T23:59:59.123456789Z"),
          new VpsDescription(
              "web1",
              "debian-12",
              "sha256:" + "ab".repeat(32),
              512L << 20,
              1500,
              512,
              "10.77.0.5",
              "02:00:0a:4d:00:05",
              "web1.example.org",
              List.of(
                  new PortMapping(8080, 80, Transport.TCP),
                  new PortMapping(5353, 53, Transport.UDP))),
          new HostDescription(
              "host-a",
              "6.18.0-1-amd64",
              "x86_64",
              List.of("fpu", "sse4_2", "avx2"),
              "criu",
              "4.2.1",
              "runc 1.1.5"),
          123L << 20,
          4567);

  private Samples() {}

  /** Pages of which one half is random and the other constant. */
  public static byte[] halfRandom(Random random, int size) {
    byte[] bytes = new byte[size];
    byte[] half = new byte[2048];
    for (int at = 0; at < size; at += 4096) {
      random.nextBytes(half);
      System.arraycopy(half, 0, bytes, at, Math.min(half.length, size - at));
    }
    return bytes;
  }
}
