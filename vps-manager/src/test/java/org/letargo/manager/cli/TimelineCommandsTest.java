package org.letargo.manager.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.testing.Moment;
import org.letargo.manager.Rig;

/** The commands of the time machine, through a real manager to a fake hook. */
class TimelineCommandsTest {
  private static final String ID = "[0-9]{8}-[0-9]{6}-[0-9a-f]{8}";
  private static final String TIME = "20[0-9-]{8}T[0-9:]{8}Z";

  @TempDir Path dir;
  private Rig rig;
  private CliRun cli;

  @BeforeEach
  void start() throws IOException {
    rig = Rig.start(dir);
    rig.createRunning("web1");
    cli =
        new CliRun(dir)
            .with("LETARGO_URL", "http://127.0.0.1:" + rig.manager().port())
            .with("LETARGO_TOKEN", rig.token());
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
    assertThat(rig.hook().violations()).isEmpty();
  }

  /** What was printed, with ID and TIME for what differs each time. */
  private String shown() {
    return cli.out().replaceAll(ID, "ID").replaceAll(TIME, "TIME").replaceAll(" +", " ");
  }

  private void checkpoint(String label) {
    assertThat(cli.run("checkpoint", "web1", "--label", label)).isZero();
  }

  private JsonNode timeline(String vps) {
    return rig.get("/v1/vps/" + vps + "/checkpoints").json();
  }

  private void fail(Class<? extends HookRequest.Change<?>> change, Code code) {
    rig.hook()
        .fail(change, Moment.HALFWAY, new VpsException(code, "it failed", "so it was told", ""));
  }

  @Test
  void takesACheckpoint() {
    assertThat(cli.run("checkpoint", "web1", "--label", "first", "--note", "a note")).isZero();

    assertThat(shown()).isEqualTo("web1: checkpoint ID, 9.0 MiB, 9.0 MiB new, frozen 40 ms\n");
    assertThat(timeline("web1").at("/checkpoints/0/note").asText()).isEqualTo("a note");
    assertThat(cli.run("checkpoint", "web1", "--json")).isZero();
    assertThat(cli.outJson().get("checkpoint").asText())
        .isEqualTo(timeline("web1").get("here").asText());
    assertThat(cli.run("checkpoint", "web1", "--no-wait")).isZero();
    assertThat(cli.out()).matches("op-[0-9a-f]{12}\n");
    rig.end(cli.out().strip());
  }

  @Test
  void tellsWhyACheckpointIsNotTaken() {
    checkpoint("first");

    assertThat(cli.run("checkpoint", "web1", "--label", "first")).isEqualTo(44);
    assertThat(cli.run("checkpoint", "web1", "--label", "1st")).isEqualTo(21);
    assertThat(cli.run("checkpoint", "nobody")).isEqualTo(14);
    fail(HookRequest.CheckpointVps.class, Code.NOT_CHECKPOINTABLE);
    assertThat(cli.run("checkpoint", "web1")).isEqualTo(156);
    fail(HookRequest.CheckpointVps.class, Code.NO_SPACE);
    assertThat(cli.run("checkpoint", "web1")).isEqualTo(46);
    cli.run("suspend", "web1");
    assertThat(cli.run("checkpoint", "web1")).isEqualTo(31);
    assertThat(cli.err())
        .isEqualTo(
            "letargo: cannot checkpoint VPS 'web1': it is suspended. It is in a checkpoint"
                + " already.\n");
  }

  @Test
  void drawsTheTimeline() {
    checkpoint("first");
    checkpoint("second");
    cli.run("label", "web1@second", "--note", "what is left");
    cli.run("rewind", "web1", "first");
    checkpoint("third");
    cli.run("pin", "web1@third");
    cli.run("stop", "web1", "--grace", "0");
    checkpoint("fourth");

    assertThat(cli.run("timeline", "web1")).isZero();

    assertThat(shown())
        .isEqualTo(
            """
            CHECKPOINT TAKEN KIND LABEL SIZE NEW FROZEN VERIFIED NOTE
            * ID TIME manual first 9.0 MiB 9.0 MiB 40 ms -
            |-* ID TIME manual second 9.0 MiB 576.0 KiB 40 ms - what is left
            | * ID TIME before-rewind - 9.0 MiB 576.0 KiB - -
            * ID TIME manual, pinned third 9.0 MiB 576.0 KiB 40 ms -
            @ ID TIME manual, disk only fourth 2.0 MiB 128.0 KiB - - <- you are here
            """);
    assertThat(cli.run("timeline", "web1", "--json")).isZero();
    assertThat(cli.outJson()).isEqualTo(timeline("web1"));
    assertThat(cli.run("timeline", "nobody")).isEqualTo(14);
  }

  @ParameterizedTest
  @CsvSource({
    "'', restore, can be restored",
    "--deep=false, images, is whole",
    "--run, run, 'can be restored, and runs'"
  })
  void verifiesACheckpoint(String option, String depth, String said) {
    checkpoint("first");
    List<String> line = new ArrayList<>(List.of("verify", "web1@first"));
    line.addAll(option.isEmpty() ? List.of() : List.of(option));

    assertThat(cli.run(line.toArray(String[]::new))).isZero();

    assertThat(cli.out()).isEqualTo("web1: checkpoint first " + said + "\n");
    JsonNode verification = timeline("web1").at("/checkpoints/0/verification");
    assertThat(verification.path("result").asText()).isEqualTo("verified");
    assertThat(verification.path("depth").asText()).isEqualTo(depth);
    assertThat(cli.run("timeline", "web1")).isZero();
    assertThat(shown()).contains("40 ms " + depth + " <- you are here");
  }

  @Test
  void verifiesWhereTheVpsIsIfNoCheckpointIsNamed() {
    assertThat(cli.run("verify", "web1")).isEqualTo(14);
    checkpoint("first");

    assertThat(cli.run("verify", "web1")).isZero();

    assertThat(shown()).isEqualTo("web1: checkpoint ID can be restored\n");
    assertThat(cli.run("verify", "web1", "--run", "--deep=false")).isEqualTo(20);
    assertThat(cli.run("verify", "web1@nothing")).isEqualTo(14);
  }

  @Test
  void tellsWhyACheckpointCannotBeRestored() {
    checkpoint("first");
    rig.hook()
        .damage(
            new VpsName("web1"),
            new CheckpointId(timeline("web1").at("/checkpoints/0/id").asText()));

    assertThat(cli.run("verify", "web1")).isEqualTo(204);

    assertThat(cli.run("timeline", "web1")).isZero();
    assertThat(shown())
        .contains("failed <- you are here; cannot be restored: its bytes are not what they were");
  }

  /** What stands behind the option is the VPS, unless it is attached. */
  @ParameterizedTest
  @CsvSource({"--verify, restore", "--verify=run, run", "--verify=restore, restore"})
  void verifiesWhatItTakes(String option, String depth) {
    assertThat(cli.run("checkpoint", option, "web1")).isZero();
    assertThat(shown())
        .isEqualTo("web1: checkpoint ID, 9.0 MiB, 9.0 MiB new, frozen 40 ms, verified\n");
    assertThat(cli.run("suspend", option, "web1")).isZero();
    assertThat(cli.out()).isEqualTo("web1: suspended\n");

    assertThat(timeline("web1").get("checkpoints").findValuesAsText("depth"))
        .containsExactly(depth, depth);
    assertThat(cli.run("suspend", "--verify=twice", "web1")).isEqualTo(20);
  }

  @Test
  void exportsWhatIsVerified() {
    cli.run("suspend", "web1");

    assertThat(cli.run("export", "--verify", "web1", dir.resolve("web1.letargo").toString()))
        .isZero();

    assertThat(timeline("web1").at("/checkpoints/0/verification/depth").asText())
        .isEqualTo("restore");
  }

  @Test
  void rewinds() {
    checkpoint("first");
    checkpoint("second");

    assertThat(cli.run("rewind", "web1", "first")).isZero();

    assertThat(cli.out()).isEqualTo("web1: rewound to first\n");
    assertThat(timeline("web1").get("checkpoints")).hasSize(3);
    assertThat(cli.run("rewind", "web1", "second", "--discard-current")).isZero();
    assertThat(timeline("web1").get("checkpoints")).hasSize(3);
    assertThat(timeline("web1").get("here")).isEqualTo(timeline("web1").at("/checkpoints/1/id"));
  }

  @Test
  void tellsWhyItDoesNotRewind() {
    checkpoint("first");
    checkpoint("second");

    assertThat(cli.run("rewind", "web1", "third")).isEqualTo(14);
    assertThat(cli.err())
        .isEqualTo(
            "letargo: there is no checkpoint 'third' of VPS 'web1': none of its timeline has that"
                + " id or label. List them with 'letargo timeline web1'.\n");
    assertThat(cli.run("rewind", "web1", "2")).isEqualTo(21);
    fail(HookRequest.RewindVps.class, Code.RESUME_FAILED);
    assertThat(cli.run("rewind", "web1", "first")).isEqualTo(159);
    rig.hook()
        .damage(
            new VpsName("web1"),
            new CheckpointId(timeline("web1").at("/checkpoints/0/id").asText()));
    assertThat(cli.run("rewind", "web1", "first")).isEqualTo(204);
    assertThat(rig.state("web1")).isEqualTo("running");
  }

  @Test
  void clonesACheckpointOrThePresent() {
    checkpoint("warm");

    assertThat(cli.run("clone", "web1@warm", "web2", "--ip", "10.77.0.9", "--publish", "8080:80"))
        .isZero();
    assertThat(cli.out()).isEqualTo("web2: cloned\n");
    JsonNode web2 = rig.get("/v1/vps/web2").json();
    assertThat(web2.get("address").asText()).isEqualTo("10.77.0.9");
    assertThat(web2.get("publish").toString()).isEqualTo("[\"8080:80\"]");
    assertThat(cli.run("clone", "web1", "web3")).isZero();
    assertThat(rig.state("web3")).isEqualTo("running");
    assertThat(timeline("web1").get("checkpoints")).hasSize(1);
    assertThat(cli.run("clone", "web1", "web2")).isEqualTo(44);
    assertThat(cli.run("clone", "web1@cold", "web4")).isEqualTo(14);
  }

  @Test
  void makesManyClonesOfOneCheckpoint() {
    assertThat(cli.run("clone", "web1", "worker", "--count", "12")).isZero();

    assertThat(cli.out().lines()).hasSize(12).contains("worker-1: cloned", "worker-12: cloned");
    assertThat(timeline("web1").get("checkpoints")).hasSize(1);
    assertThat(timeline("web1").at("/checkpoints/0/note").asText()).isEqualTo("for clones");
    cli.run("suspend", "web1");
    assertThat(cli.run("clone", "web1", "late", "--count", "2", "--json")).isZero();
    assertThat(cli.outJson().get("operations")).hasSize(2);
    assertThat(timeline("web1").get("checkpoints")).hasSize(2);
    assertThat(cli.run("clone", "web1", "x", "--count", "0")).isEqualTo(20);
    assertThat(cli.run("clone", "web1", "x", "--count", "2", "--ip", "10.77.0.200")).isEqualTo(20);
  }

  @Test
  void marksCheckpoints() {
    checkpoint("first");

    assertThat(cli.run("pin", "web1@first")).isZero();
    assertThat(cli.out()).isEqualTo("web1@first: pinned\n");
    assertThat(cli.run("label", "web1@first", "second", "--note", "n")).isZero();
    assertThat(cli.run("forget", "web1@second")).isEqualTo(158);
    assertThat(cli.run("unpin", "web1@second", "--json")).isZero();
    assertThat(cli.outJson().get("pinned").asBoolean()).isFalse();
    assertThat(cli.outJson().get("label").asText()).isEqualTo("second");
    assertThat(cli.run("label", "web1@second", "")).isZero();
    assertThat(timeline("web1").at("/checkpoints/0").has("label")).isFalse();
    assertThat(cli.run("label", "web1@second")).isEqualTo(20);
    assertThat(cli.run("pin", "web1")).isEqualTo(20);
    assertThat(cli.err())
        .isEqualTo(
            "letargo: cannot understand 'web1': it names a VPS and no checkpoint of it. Write it"
                + " like 'web1@CHECKPOINT'; 'letargo timeline web1' lists them.\n");
    assertThat(cli.run("pin", "web1@")).isEqualTo(21);
  }

  @Test
  void forgetsOneAfterTheOther() {
    checkpoint("first");
    checkpoint("second");
    checkpoint("third");

    assertThat(cli.run("forget", "web1@first", "web1@nothing", "web1@third")).isEqualTo(14);

    assertThat(cli.out()).isEqualTo("web1: first is forgotten\nweb1: third is forgotten\n");
    assertThat(timeline("web1").get("checkpoints")).hasSize(1);
    assertThat(cli.run("forget", "web1@second", "--json")).isZero();
    assertThat(cli.outJson().get("kind").asText()).isEqualTo("forget");
  }

  @Test
  void exportsACheckpointOfARunningVps() throws IOException {
    checkpoint("first");
    Path file = dir.resolve("web1.letargo");

    assertThat(cli.run("export", "web1@first", file.toString())).isZero();

    assertThat(cli.out()).isEqualTo("web1@first: exported, 1.0 MiB in " + file + "\n");
    assertThat(Files.size(file)).isGreaterThan(1 << 20);
    assertThat(cli.run("import", file.toString(), "--name", "web2", "--resume")).isZero();
    assertThat(rig.state("web2")).isEqualTo("running");
    assertThat(cli.run("export", "web1@nothing", dir.resolve("x").toString())).isEqualTo(14);
    assertThat(dir.resolve("x")).doesNotExist();
    assertThat(cli.run("export", "web1", dir.resolve("x").toString())).isEqualTo(32);
  }

  @Test
  void keepsSchedules() {
    assertThat(cli.run("schedule", "add", "web1", "--every", "5m", "--keep", "12")).isZero();

    assertThat(cli.out()).isEqualTo("web1: a checkpoint every 5m, keeping 12, 0 hourly, 0 daily\n");
    await().until(() -> rig.get("/v1/vps/web1/schedule").json().has("lastAt"));
    assertThat(cli.run("schedule", "list")).isZero();
    assertThat(shown())
        .isEqualTo(
            """
            NAME EVERY KEEP LAST NEXT FAILURES ERROR
            web1 5m 12, 0 hourly, 0 daily TIME TIME 0 -
            """);
    assertThat(cli.run("schedule", "--json")).isZero();
    assertThat(cli.outJson()).isEqualTo(rig.get("/v1/schedules").json());
    assertThat(cli.run("schedule", "remove", "web1")).isZero();
    assertThat(cli.out()).isEqualTo("web1: no schedule any more\n");
    assertThat(cli.run("schedule", "remove", "web1")).isEqualTo(14);
    assertThat(cli.run("schedule", "add", "web1", "--every", "1d")).isEqualTo(21);
    assertThat(cli.run("schedule", "add", "web1", "--every", "1s", "--keep", "1")).isEqualTo(21);
    assertThat(cli.run("schedule", "add", "web1")).isEqualTo(20);
  }

  @Test
  void showsWhatIsDifferent() {
    checkpoint("first");
    rig.hook().write(new VpsName("web1"), "/etc/motd", "hello");
    checkpoint("second");

    assertThat(cli.run("diff", "web1@first", "web1@second")).isZero();
    String told =
        """
        web1@ID -> web1@ID
        memory: 7.0 MiB -> 7.0 MiB, 7.0 MiB changed
        ~ process 1 init (/sbin/init): 7.0 MiB -> 7.0 MiB, 7.0 MiB changed
        + file /etc/motd, 6 B
        """;
    assertThat(shown()).isEqualTo(told);
    assertThat(cli.run("diff", "web1@first")).isZero();
    assertThat(shown()).as("where it is now").isEqualTo(told);
    assertThat(cli.run("diff", "web1@second", "web1@second")).isZero();
    assertThat(shown()).isEqualTo("web1@ID -> web1@ID\nmemory: 7.0 MiB -> 7.0 MiB, 0 B changed\n");
    assertThat(cli.run("diff", "web1@second", "web1@first", "--json")).isZero();
    assertThat(cli.outJson().at("/files/0").toString())
        .isEqualTo(
            "{\"path\":\"/etc/motd\",\"change\":\"removed\",\"beforeBytes\":6,\"afterBytes\":0}");
    assertThat(cli.run("diff", "web1")).isEqualTo(20);
    assertThat(cli.run("diff", "web1@first", "web1@third")).isEqualTo(14);
  }

  @Test
  void showsAndTidiesTheStore() {
    checkpoint("first");
    checkpoint("second");
    cli.run("forget", "web1@second");

    assertThat(cli.run("store", "stat")).isZero();
    assertThat(shown())
        .isEqualTo(
            """
            checkpoints: 1
            chunks: 144
            content: 9.0 MiB
            stored: 9.6 MiB
            dead: 576.0 KiB
            room: 20.0 GiB
            encrypted: false
            zstd level: 1
            frozen buffer: 2.0 GiB
            """);
    assertThat(cli.run("store", "gc")).isZero();
    assertThat(cli.out()).isEqualTo("576.0 KiB given back\n");
    assertThat(cli.run("store", "check")).isZero();
    assertThat(cli.out()).isEqualTo("9.0 MiB read, nothing damaged\n");
  }

  @Test
  void endsWithAStatusOfItsOwnWhenTheStoreIsDamaged() {
    checkpoint("first");
    String id = timeline("web1").get("here").asText();
    rig.hook().damage(new VpsName("web1"), new CheckpointId(id));

    assertThat(cli.run("store", "check")).isEqualTo(204);
    assertThat(cli.out())
        .isEqualTo("9.0 MiB read, 1 damaged\nweb1@" + id + ": damaged, pages-1.img\n");
    assertThat(cli.run("store", "repair", "--json")).isEqualTo(204);
    assertThat(cli.outJson().at("/findings/damaged/0/checkpoint").asText()).isEqualTo(id);
  }
}
