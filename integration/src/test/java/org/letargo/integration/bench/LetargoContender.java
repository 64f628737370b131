package org.letargo.integration.bench;

import static org.letargo.integration.bench.Contender.LETARGO;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.letargo.integration.harness.Api;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Operation;
import org.letargo.integration.harness.Programs;
import org.letargo.integration.harness.Vps;

/**
 * The whole product, from a request of the REST API to the event that tells of the operation's end:
 * what a client waits for.
 */
final class LetargoContender {
  private static final String NAME = "bench";

  private final Instance instance;
  private final Api api;
  private final Path archive;

  /**
   * @param folder for archives
   */
  LetargoContender(Instance instance, Path folder) {
    this.instance = instance;
    this.api = instance.api();
    this.archive = folder.resolve("letargo-archive");
  }

  /**
   * The life of a VPS: created, suspended, exported, resumed, destroyed, imported, resumed.
   *
   * @param whileRunning told where the runtime's files of the VPS lie, once while it runs
   */
  void run(Subject subject, Figures figures, Consumer<Path> whileRunning) throws IOException {
    Map<String, Object> wanted = new LinkedHashMap<>();
    wanted.put("name", NAME);
    wanted.put("template", subject.template());
    if (subject.memoryBytes() > 0) {
      wanted.put("memoryBytes", subject.memoryBytes());
    }
    String title = subject.title();
    figures.seconds(title, "create", LETARGO, timed(() -> api.begin("POST", "/v1/vps", wanted)));
    Vps vps = instance.vps(NAME);
    figures.seconds(title, "start", LETARGO, timed(() -> begin("start")));
    begin(subject, vps);
    double suspend = timed(() -> begin("suspend"));
    figures.seconds(title, "suspend", LETARGO, suspend);
    if (subject.hasRivals()) {
      figures.seconds(title, "suspend, safe on the disk", LETARGO, suspend);
    }
    figures.seconds(
        title,
        "frozen while suspended",
        LETARGO,
        EngineStatistics.frozenSeconds(vps.folder().resolve("log/suspend/stats-dump")));
    double resume = timed(() -> begin("resume"));
    figures.seconds(title, "resume", LETARGO, resume);
    whileRunning.accept(instance.run().resolve("vps").resolve(NAME));
    vps.sh(subject.load().check());
    suspend = timed(() -> begin("suspend"));
    double export = Clock.seconds(() -> vps.exportTo(archive));
    figures.seconds(title, "export", LETARGO, export);
    if (subject.usesFill()) {
      figures.seconds(title, "suspend + export", LETARGO, suspend + export);
    }
    figures.mebibytes(title, "archive", LETARGO, Files.size(archive));
    vps.destroy();
    double imported = timed(() -> api.beginImport(archive));
    Files.delete(archive);
    figures.seconds(title, "import", LETARGO, imported);
    double resumeImported = timed(this::resumeEagerly);
    figures.seconds(title, "resume of the import, eager", LETARGO, resumeImported);
    if (subject.usesFill()) {
      figures.seconds(title, "import + resume", LETARGO, imported + resumeImported);
    }
    vps.sh(subject.load().check());
    vps.destroy();
  }

  /** With all memory before it runs, as the others do. */
  private Operation resumeEagerly() {
    return api.begin("POST", "/v1/vps/" + NAME + "/resume", Map.of("eager", true));
  }

  private void begin(Subject subject, Vps vps) {
    if (subject.hasSystemd()) {
      vps.awaitSystemd();
    }
    if (subject.usesFill()) {
      vps.installPayload("fill");
    }
    vps.sh(subject.load().begin());
  }

  private Operation begin(String verb) {
    return api.begin("POST", "/v1/vps/" + NAME + "/" + verb);
  }

  private double timed(Supplier<Operation> request) {
    return Clock.seconds(() -> api.follow(request.get()).expectSucceeded());
  }

  /** The command line beside the API: a JVM starts for it. */
  void commandLine(Figures figures) {
    double seconds =
        Clock.seconds(() -> {
          if (instance.cli().run("list").status() != 0) {
            throw new AssertionError("letargo list fails");
          }
        });
    figures.seconds("command line", "letargo list", LETARGO, seconds);
  }

  /**
   * The round trip of an OCI hook: start of the relay, question, answer, end. The hook has nothing
   * to do for it, as no VPS is being started, and says so.
   */
  void hookCall(Figures figures, int calls) {
    Path program = Programs.relay();
    String loop =
        """
        echo '{"pid":1}' >"$2"
        i=0
        while [ $i -lt %d ]; do
          "$0" --socket "$1" --vps bench createRuntime <"$2" 2>/dev/null && exit 1
          i=$((i + 1))
        done
        """
            .formatted(calls);
    Path state = instance.folder().resolve("state-of-a-container.json");
    HostProgram shell =
        new HostProgram(
            instance.folder().resolve("relay.out"), List.of("sh", "-c", loop), Map.of());
    double seconds =
        Clock.seconds(() ->
            shell.run(
                program.toString(),
                instance.run().resolve("relay.sock").toString(),
                state.toString()));
    figures.add(
        new Figures.Row("OCI hook", "one call", Samples.Unit.MILLISECONDS),
        LETARGO,
        seconds * 1000 / calls);
  }
}
