package org.letargo.integration.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.letargo.integration.harness.Instance;

/**
 * How scripts/install starts hook and manager. Tests start them so that they are there sooner, with
 * a compiler that knows nothing of the processor's instructions for hashes: memory is stored ten
 * times as slowly then.
 */
final class AsInstalled {
  private AsInstalled() {}

  /** {@code BENCH_JVM_FLAGS} are further flags of both, to profile them with. */
  static Instance.Options options() {
    List<String> server =
        new ArrayList<>(
            List.of(
                "-XX:TieredStopAtLevel=4",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+ExitOnOutOfMemoryError"));
    String further = System.getenv().getOrDefault("BENCH_JVM_FLAGS", "");
    Stream.of(further.split(" ")).filter(flag -> !flag.isEmpty()).forEach(server::add);
    List<String> hook = new ArrayList<>(server);
    hook.add("-Xmx512m");
    return Instance.Options.DEFAULT
        .withHookFlags(hook.toArray(String[]::new))
        .withManagerFlags(server.toArray(String[]::new));
  }
}
