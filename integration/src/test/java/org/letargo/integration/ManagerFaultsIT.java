package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.letargo.integration.harness.Api;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Heart;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Operation;
import org.letargo.integration.harness.Vps;

/**
 * The manager is killed by kill -9 while the hook works. The hook goes on: a manager that is
 * started again finds out how each operation ended, and shows every VPS as it is.
 */
class ManagerFaultsIT {
  private static final Duration LONGEST_END = Duration.ofSeconds(30);
  private static final int HEART_MEBIBYTES = 24;
  private static final String NAME = "patient";

  @RegisterExtension static final Fixture letargo = Fixture.instance();

  private static int injected;
  private static int kept;

  @TempDir private Path scratch;

  /**
   * What becomes of the VPS.
   *
   * @param phase of the operation when the manager is killed, or a later one if that was too short
   * @param before the state of the VPS when it begins; "gone" if there is none
   * @param after its state when the operation has succeeded
   */
  private record Kill(String verb, String phase, String before, String after) {
    @Override
    public String toString() {
      return "%s, killed at '%s': a VPS that was %s is %s".formatted(verb, phase, before, after);
    }
  }

  static Stream<Kill> kills() {
    return Stream.of(
        new Kill("create", "begin", "gone", "stopped"),
        new Kill("create", "create", "gone", "stopped"),
        new Kill("start", "prepare", "stopped", "running"),
        new Kill("start", "create", "stopped", "running"),
        new Kill("start", "start", "stopped", "running"),
        new Kill("suspend", "begin", "running", "suspended"),
        new Kill("suspend", "preflight", "running", "suspended"),
        new Kill("suspend", "dump", "running", "suspended"),
        new Kill("suspend", "commit", "running", "suspended"),
        new Kill("suspend", "clean up", "running", "suspended"),
        new Kill("resume", "begin", "suspended", "running"),
        new Kill("resume", "prepare", "suspended", "running"),
        new Kill("resume", "restore", "suspended", "running"),
        new Kill("resume", "verify", "suspended", "running"),
        new Kill("stop", "shut down", "running", "stopped"),
        new Kill("stop", "clean up", "running", "stopped"),
        new Kill("destroy", "begin", "running", "gone"),
        new Kill("destroy", "stop", "suspended", "gone"));
  }

  @AfterAll
  static void report() {
    System.out.printf(
        "faults injected into the manager: %d, lost: %d%n", injected, injected - kept);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kills")
  void finishesWhatTheHookHasBegun(Kill kill) {
    Instance instance = letargo.get();
    List<Heart> heart = prepare(instance, kill.before());
    injected++;

    Operation begun = begin(instance, kill.verb());
    String seen = awaitPhase(instance, begun, kill.phase());
    restartManager(instance);
    Operation ended = instance.api().await(begun, LONGEST_END);

    String state = state(instance);
    if (seen.equals("begin") && !ended.state().equals("succeeded")) {
      // the hook had not heard of it
      assertThat(ended.state()).isEqualTo("failed");
      assertThat(state).isEqualTo(kill.before());
    } else {
      assertThat(ended.state()).as(ended.json().toString()).isEqualTo("succeeded");
      assertThat(state).isEqualTo(kill.after());
    }
    expectNextChangeWorks(instance, state, heart);
    kept++;
  }

  @Test
  void endsAnExportThatNobodyReceivesAnyMore() throws Exception {
    Instance instance = letargo.get();
    List<Heart> heart = prepare(instance, "suspended");
    injected++;
    HttpRequest download = instance.api().request("/v1/vps/" + NAME + "/archive").build();
    HttpResponse<InputStream> answer =
        instance.api().client().send(download, HttpResponse.BodyHandlers.ofInputStream());
    assertThat(answer.body().readNBytes(1 << 20)).hasSize(1 << 20); // the rest is held back

    restartManager(instance);

    assertThat(endsCleanly(answer.body())).as("the archive comes to a clean end").isFalse();
    Operation export = instance.api().newest("export");
    assertThat(instance.api().await(export, LONGEST_END).state()).isEqualTo("cancelled");
    assertThat(state(instance)).isEqualTo("suspended");
    expectNextChangeWorks(instance, "suspended", heart);
    kept++;
  }

  @Test
  void rollsBackAnImportWhoseUploadBreaksOff() throws Exception {
    Instance instance = letargo.get();
    List<Heart> heart = prepare(instance, "suspended");
    Path archive = scratch.resolve("patient.letargo");
    instance.vps(NAME).exportTo(archive);
    instance.vps(NAME).destroy();
    injected++;
    CountDownLatch end = new CountDownLatch(1);
    HttpRequest upload =
        instance
            .api()
            .request("/v1/archives?name=" + NAME)
            .POST(HttpRequest.BodyPublishers.ofInputStream(() -> halfOf(archive, end)))
            .build();
    CompletableFuture<HttpResponse<String>> answer =
        instance.api().client().sendAsync(upload, HttpResponse.BodyHandlers.ofString());
    Awaitility.await("half of the upload")
        .atMost(LONGEST_END)
        .until(() -> isReading(instance.api()));

    restartManager(instance);
    end.countDown();

    assertThat(answer.handle((_, failure) -> failure).join()).isNotNull();
    Operation imported = instance.api().newest("import");
    assertThat(instance.api().await(imported, LONGEST_END).state()).isEqualTo("failed");
    assertThat(state(instance)).isEqualTo("gone");
    instance.api().importFrom(archive);
    expectNextChangeWorks(instance, "suspended", heart);
    kept++;
  }

  private static List<Heart> prepare(Instance instance, String state) {
    if (state.equals("gone")) {
      return List.of();
    }
    Vps vps = instance.create(NAME, "tiny");
    if (state.equals("stopped")) {
      return List.of();
    }
    vps.start();
    Heart heart = Heart.start(vps, HEART_MEBIBYTES);
    if (state.equals("suspended")) {
      vps.suspend();
    }
    return List.of(heart);
  }

  private static Operation begin(Instance instance, String verb) {
    return switch (verb) {
      case "create" ->
          instance.api().begin("POST", "/v1/vps", Map.of("name", NAME, "template", "tiny"));
      case "destroy" -> instance.api().begin("DELETE", "/v1/vps/" + NAME);
      default -> instance.api().begin("POST", "/v1/vps/" + NAME + "/" + verb);
    };
  }

  /** Follows its events until it is in the phase, or has ended; the phase that was seen last. */
  private static String awaitPhase(Instance instance, Operation operation, String phase) {
    if (operation.phase().equals(phase)) {
      return phase;
    }
    HttpRequest request =
        instance.api().request("/v1/operations/" + operation.id() + "/events").build();
    try (Stream<String> lines =
        instance.api().client().send(request, HttpResponse.BodyHandlers.ofLines()).body()) {
      String seen = operation.phase();
      for (Iterator<String> line = lines.iterator(); line.hasNext() && !seen.equals(phase); ) {
        String text = line.next();
        if (text.startsWith("data:")) {
          seen = Api.JSON.readTree(text.substring(5)).path("phase").asText();
        }
      }
      return seen;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private static void restartManager(Instance instance) {
    instance.manager().kill();
    instance.startManager();
  }

  private static String state(Instance instance) {
    for (JsonNode vps : instance.api().get("/v1/vps").path("vps")) {
      if (vps.path("name").asText().equals(NAME)) {
        return vps.path("state").asText();
      }
    }
    return "gone";
  }

  private static void expectNextChangeWorks(Instance instance, String state, List<Heart> heart) {
    Vps vps = instance.vps(NAME);
    switch (state) {
      case "gone" -> instance.createAndStart(NAME, "tiny");
      case "stopped" -> vps.start();
      case "running" -> {
        heart.forEach(Heart::expectAlive);
        vps.suspend();
      }
      case "suspended" -> {
        vps.resume();
        heart.forEach(Heart::expectAlive);
      }
      default -> throw new AssertionError("the VPS is " + state);
    }
  }

  private static boolean endsCleanly(InputStream body) {
    try (body) {
      body.transferTo(java.io.OutputStream.nullOutputStream());
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isReading(Api api) {
    for (JsonNode each : api.get("/v1/operations").path("operations")) {
      if (each.path("kind").asText().equals("import")) {
        return each.path("phase").asText().equals("read");
      }
    }
    return false;
  }

  /** The first half of a file, and then nothing until it is released. */
  private static InputStream halfOf(Path file, CountDownLatch end) {
    try {
      byte[] all = Files.readAllBytes(file);
      return new java.io.SequenceInputStream(
          new java.io.ByteArrayInputStream(all, 0, all.length / 2), new Held(end));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Held extends InputStream {
    private final CountDownLatch end;

    Held(CountDownLatch end) {
      this.end = end;
    }

    @Override
    public int read() throws IOException {
      try {
        end.await();
        return -1;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
    }
  }
}
