package org.letargo.integration.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.letargo.archive.checkpoint.CheckpointFile;
import org.letargo.archive.checkpoint.CheckpointStore;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.checkpoint.StoredImages;
import org.letargo.archive.criu.ImageCheck;
import org.letargo.archive.store.pack.PackStore;
import org.letargo.archive.store.pack.PackStoreOptions;
import org.letargo.integration.harness.Api;
import org.letargo.integration.harness.Heart;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Operation;
import org.letargo.integration.harness.Requirements;
import org.letargo.integration.harness.Vps;

/**
 * Measures what verification costs, {@code BENCH_RUNS} times (5): a trial restore beside a plain
 * restore that also unpacks the disk (a rewind of a stopped VPS) and beside a resume in place; and
 * how long a VPS stands still for a checkpoint with {@code --verify} and without. The runs of all
 * are interleaved, so that the load of the machine hits all of them.
 */
public final class VerifyBench {
  private static final String NAME = "bench";
  private static final String IMAGES = "checkpoint/";
  private static final int WARM_UP = 20;

  private final Instance instance;
  private final Api api;
  private final Map<String, List<Double>> measured = new LinkedHashMap<>();

  private VerifyBench(Instance instance) {
    this.instance = instance;
    this.api = instance.api();
  }

  public static void main(String[] arguments) {
    int runs = Integer.parseInt(System.getenv().getOrDefault("BENCH_RUNS", "5"));
    Requirements.check();
    System.out.println("load: " + Machine.load());
    for (String subject : List.of("debian-12", "tiny", "tiny and 256 MiB")) {
      try (Instance instance = Instance.start(AsInstalled.options())) {
        new VerifyBench(instance).run(subject, runs);
      }
    }
  }

  private void run(String subject, int runs) {
    Vps vps = instance.createAndStart(NAME, subject.startsWith("tiny") ? "tiny" : subject);
    if (subject.equals("debian-12")) {
      vps.awaitSystemd();
    } else {
      Heart.start(vps, subject.equals("tiny") ? 4 : 256);
    }
    round(vps); // what is compiled and cached only once
    measured.clear();
    for (int i = 0; i < runs; i++) {
      round(vps);
    }
    lookThroughImages(runs);
    System.out.println(subject);
    measured.forEach((what, millis) ->
        System.out.printf(
            "  %-40s %s ms%n", what, new Samples(millis).text(Samples.Unit.MILLISECONDS)));
  }

  private void round(Vps vps) {
    JsonNode plain = checkpoint("checkpoint", Map.of());
    JsonNode verified = checkpoint("checkpoint --verify", Map.of("verify", "restore"));
    keep("checkpoint: frozen", plain.path("frozenMillis").asDouble());
    keep("checkpoint --verify: frozen", verified.path("frozenMillis").asDouble());
    String one = "/checkpoints/" + plain.path("id").asText();
    timed("verify --deep=false", one + "/verify", Map.of("depth", "images"));
    timed("verify: a trial restore", one + "/verify", Map.of());
    timed("suspend", "/suspend", Map.of());
    timed("resume, the disk in place", "/resume", Map.of());
    timed("suspend --verify", "/suspend", Map.of("verify", "restore"));
    vps.resume();
    api.run("POST", "/v1/vps/" + NAME + "/stop", Map.of("graceSeconds", 0));
    timed(
        "restore, the disk unpacked (a rewind)",
        "/rewind",
        Map.of("checkpoint", plain.path("id").asText(), "discardCurrent", true));
  }

  /** What every checkpoint and resume does; in this process, which has done so before. */
  private void lookThroughImages(int runs) {
    String newest = api.get("/v1/vps/" + NAME + "/checkpoints").path("here").asText();
    instance.hook().stop();
    Path folder = instance.state().resolve("store");
    try (PackStore packs = PackStore.open(folder, PackStoreOptions.defaults());
        StoredCheckpoint stored =
            CheckpointStore.open(packs, folder.resolve("checkpoints")).read(newest)) {
      Path images = Files.createDirectory(instance.folder().resolve("images"));
      for (CheckpointFile file : stored.manifest().files()) {
        if (file.path().startsWith(IMAGES) && !file.path().startsWith(IMAGES + "pages-")) {
          stored.materialise(file.path(), images.resolve(file.path().substring(IMAGES.length())));
        }
      }
      for (int i = 0; i < WARM_UP + runs; i++) {
        long before = System.nanoTime();
        ImageCheck.check(StoredImages.in(images, stored));
        if (i >= WARM_UP) {
          keep("images looked through", (System.nanoTime() - before) / 1e6);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      instance.startHook();
    }
  }

  private JsonNode checkpoint(String what, Map<String, ?> body) {
    Operation taken = timed(what, "/checkpoints", body);
    return api.get("/v1/vps/" + NAME + "/checkpoints/" + taken.json().path("checkpoint").asText());
  }

  private Operation timed(String what, String path, Map<String, ?> body) {
    Operation[] ended = new Operation[1];
    double seconds =
        Clock.seconds(
            () -> ended[0] = api.follow(api.begin("POST", "/v1/vps/" + NAME + path, body)));
    keep(what, seconds * 1000);
    return ended[0].expectSucceeded();
  }

  private void keep(String what, double millis) {
    measured.computeIfAbsent(what, _ -> new ArrayList<>()).add(millis);
  }
}
