package org.letargo.hook.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every record of the protocol travels and comes back the same, under a stable name. */
class JsonTest {
  private static final OperationId OP = new OperationId("op-0123456789ab");
  private static final VpsName WEB1 = new VpsName("web1");
  private static final TemplateName TINY = new TemplateName("tiny");
  private static final Ipv4Address ADDRESS = new Ipv4Address("10.77.0.2");
  private static final List<PublishedPort> PORTS =
      List.of(PublishedPort.parse("8080:80"), PublishedPort.parse("53:53/udp"));
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final CheckpointReport CHECKPOINT =
      new CheckpointReport(
          new CheckpointId("20260102-030405-0a1b2c3d"),
          AT,
          DataSize.ofBytes(1),
          DataSize.ofBytes(2));
  private static final VpsName WEB2 = new VpsName("web2");
  private static final MigrationId MIGRATION =
      new MigrationId("mg-" + "0123456789abcdef".repeat(2));
  private static final MigrationPeer HOST2 = new MigrationPeer("host2", "2026-01-02T03:04:05.678Z");
  private static final TimelineEntry FIRST =
      new TimelineEntry(
          CHECKPOINT,
          Optional.of(CheckpointId.create(AT)),
          CheckpointKind.BEFORE_REWIND,
          true,
          "label",
          "note",
          true,
          DataSize.ofBytes(5),
          Duration.ofMillis(12));
  private static final TimelineEntry FAILED =
      FIRST.verified(new Verification.Failed(AT, VerifyDepth.RUN, "it died"));
  private static final VpsSpec SPEC =
      new VpsSpec(WEB1, TINY, VpsLimits.DEFAULT, ADDRESS, "02:4c:00:00:00:02", PORTS);

  private static final Obstacle RING =
      Obstacle.of(
          ObstacleKind.IO_URING,
          Optional.of(new VpsProcess(71, "redis-server")),
          Optional.of(ObstacleResource.descriptor(7, "anon_inode:[io_uring]")));

  static Stream<HookRequest<?>> requests() {
    return Stream.of(
        new HookRequest.DescribeHost(),
        new HookRequest.ListVps(),
        new HookRequest.FindVps(WEB1),
        new HookRequest.PreflightVps(WEB1),
        new HookRequest.DescribeDeparture(WEB1),
        new HookRequest.DescribeArrival(WEB1, ADDRESS, PORTS, "sha256:0a"),
        new HookRequest.WatchVps(),
        new HookRequest.ListTemplates(),
        new HookRequest.BuildTemplate(OP, TINY),
        new HookRequest.AddTemplate(OP, TINY),
        new HookRequest.ExportTemplate(OP, TINY),
        new HookRequest.RemoveTemplate(OP, TINY),
        new HookRequest.CreateVps(OP, WEB1, TINY, VpsLimits.DEFAULT, Optional.of(ADDRESS), PORTS),
        new HookRequest.CreateVps(OP, WEB1, TINY, VpsLimits.DEFAULT, Optional.empty(), List.of()),
        new HookRequest.StartVps(OP, WEB1),
        new HookRequest.StopVps(OP, WEB1, Duration.ofSeconds(30)),
        new HookRequest.DestroyVps(OP, WEB1),
        new HookRequest.PauseVps(OP, WEB1),
        new HookRequest.UnpauseVps(OP, WEB1),
        new HookRequest.SuspendVps(OP, WEB1),
        new HookRequest.SuspendVps(OP, WEB1, Optional.of(VerifyDepth.RESTORE)),
        new HookRequest.VerifyCheckpoint(OP, WEB1, CHECKPOINT.id(), VerifyDepth.IMAGES),
        new HookRequest.ResumeVps(OP, WEB1),
        new HookRequest.ResumeVps(OP, WEB1, true),
        new HookRequest.ExportVps(OP, WEB1, Optional.empty()),
        new HookRequest.ExportVps(OP, WEB1, Optional.of(CHECKPOINT.id())),
        new HookRequest.SendCheckpoint(OP, WEB1, CHECKPOINT.id(), true),
        new HookRequest.ReceiveVps(OP, Optional.of(WEB1)),
        new HookRequest.SendAhead(OP, WEB1, true, Duration.ofMillis(300)),
        new HookRequest.ReceiveAhead(OP),
        new HookRequest.CheckpointVps(OP, WEB1, CheckpointKind.MANUAL, "before-upgrade", "a note"),
        new HookRequest.ListCheckpoints(WEB1),
        new HookRequest.MarkCheckpoint(
            WEB1, CHECKPOINT.id(), Optional.of(""), Optional.empty(), Optional.of(true)),
        new HookRequest.ForgetCheckpoint(OP, WEB1, CHECKPOINT.id()),
        new HookRequest.RewindVps(OP, WEB1, CHECKPOINT.id(), true),
        new HookRequest.CloneVps(
            OP, WEB1, Optional.of(CHECKPOINT.id()), WEB2, Optional.of(ADDRESS), PORTS),
        new HookRequest.CloneVps(OP, WEB1, Optional.empty(), WEB2, Optional.empty(), List.of()),
        new HookRequest.DiffCheckpoints(WEB1, CHECKPOINT.id(), WEB2, CHECKPOINT.id()),
        new HookRequest.DescribeStore(),
        new HookRequest.MaintainStore(OP, StoreWork.COLLECT),
        new HookRequest.ImportVps(OP, Optional.of(WEB1)),
        new HookRequest.ImportVps(OP, Optional.empty()),
        new HookRequest.ExecInVps(WEB1, List.of("ls", "-l"), Optional.of(new TerminalSize(24, 80))),
        new HookRequest.AttachConsole(WEB1, new TerminalSize(24, 80)),
        migrate(new MigrationStep.Leave(HOST2, true)),
        migrate(new MigrationStep.Settle()),
        migrate(new MigrationStep.Lend()),
        migrate(new MigrationStep.Serve()),
        migrate(new MigrationStep.Borrow()),
        migrate(new MigrationStep.Send(true)),
        migrate(new MigrationStep.HandOver()),
        migrate(new MigrationStep.SendPast(CHECKPOINT.id(), false)),
        migrate(new MigrationStep.Remember(FIRST, true)),
        migrate(new MigrationStep.Release(true)),
        migrate(new MigrationStep.TakeBack(true)),
        migrate(new MigrationStep.Arrive(HOST2, Migration.Was.PAUSED)),
        migrate(new MigrationStep.Take()),
        migrate(new MigrationStep.Drop()),
        migrate(new MigrationStep.Forget()),
        new HookRequest.FindMigration(MIGRATION),
        new HookRequest.FindOperation(OP),
        new HookRequest.CancelOperation(OP));
  }

  private static HookRequest<?> migrate(MigrationStep step) {
    return new HookRequest.MigrateVps(OP, WEB1, MIGRATION, step);
  }

  @Test
  void testsEveryStepOfAMigration() {
    long steps =
        requests()
            .filter(HookRequest.MigrateVps.class::isInstance)
            .map(request -> ((HookRequest.MigrateVps) request).step().getClass())
            .distinct()
            .count();

    assertThat(steps).isEqualTo(MigrationStep.class.getPermittedSubclasses().length);
  }

  @Test
  void carriesWhereAVpsStandsBetweenTwoHosts() throws IOException {
    for (MigrationPhase phase : MigrationPhase.values()) {
      Migration between =
          new Migration(
              MIGRATION,
              phase,
              HOST2,
              AT,
              Migration.Was.RUNNING,
              true,
              Optional.of(CHECKPOINT.id()));
      MigrationReport report =
          new MigrationReport(
              MIGRATION,
              phase,
              Optional.empty(),
              Optional.of(new Failure(Code.NO_SPACE, "what", "why", "remedy")));

      assertThat(Json.MAPPER.readValue(Json.MAPPER.writeValueAsString(between), Migration.class))
          .isEqualTo(between);
      assertThat(
              Json.MAPPER.readValue(Json.MAPPER.writeValueAsString(report), MigrationReport.class))
          .isEqualTo(report);
      assertThat(between.refusal(WEB1, "resume").getMessage())
          .startsWith("cannot resume VPS 'web1': it")
          .endsWith(".");
    }
  }

  @ParameterizedTest
  @MethodSource("requests")
  void carriesEveryRequest(HookRequest<?> request) throws IOException {
    String json = Json.MAPPER.writeValueAsString(request);

    assertThat(json).startsWith("{\"request\":\"" + request.getClass().getSimpleName() + "\"");
    assertThat(Json.MAPPER.readValue(json, HookRequest.class)).isEqualTo(request);
  }

  @ParameterizedTest
  @MethodSource("requests")
  void isAnsweredWithWhatItSays(HookRequest<?> request) {
    var declared = (ParameterizedType) request.getClass().getGenericInterfaces()[0];

    assertThat(declared.getActualTypeArguments()).containsExactly(request.replyType());
  }

  /** As timelines were written before anything was verified. */
  @Test
  void readsAnEntryWithoutVerificationAsOneThatNobodyHasTried() throws IOException {
    String json = Json.MAPPER.writeValueAsString(FIRST).replace(",\"verification\":null", "");

    assertThat(json).doesNotContain("verification");
    assertThat(Json.MAPPER.readValue(json, TimelineEntry.class)).isEqualTo(FIRST);
  }

  @Test
  void testsEveryRequestThatThereIs() {
    assertThat(requests().map(Object::getClass).distinct().toList())
        .hasSize(concrete(HookRequest.class));
  }

  private static final CheckpointDiff.MemoryDiff MEMORY_DIFF =
      new CheckpointDiff.MemoryDiff(DataSize.ofBytes(1), DataSize.ofBytes(2), DataSize.ofBytes(3));

  private static int concrete(Class<?> type) {
    return type.isSealed()
        ? Stream.of(type.getPermittedSubclasses()).mapToInt(JsonTest::concrete).sum()
        : 1;
  }

  static Stream<Object> replies() {
    VpsReport running =
        new VpsReport(
            SPEC,
            new VpsStatus.Running(1234, AT),
            DataSize.ofMebibytes(7),
            Optional.of(OP),
            42,
            Optional.of(new Resumed.Lazily(DataSize.ofMebibytes(9), DataSize.ofMebibytes(1))));
    VpsReport suspended =
        new VpsReport(
            SPEC,
            new VpsStatus.Suspended(CHECKPOINT),
            DataSize.ofBytes(0),
            Optional.empty(),
            43,
            Optional.of(new Resumed.Broken(OP, Failure.of(VpsException.notFound(WEB1)))));
    return Stream.of(
        new Resumed.Eagerly("it was asked for"),
        running,
        suspended,
        new VpsList(List.of(running, suspended)),
        new VpsEvent(WEB1, Optional.of(running)),
        new VpsEvent(WEB1, Optional.empty()),
        new Done(),
        new ExecReply(137),
        new Progress("dump", 1, 2, 50),
        Failure.of(VpsException.notFound(WEB1)),
        FIRST,
        FAILED,
        FIRST.verified(new Verification.Verified(AT, VerifyDepth.RESTORE)),
        new Timeline(WEB1, Optional.of(CHECKPOINT.id()), List.of(FIRST)),
        new Timeline(WEB1, Optional.empty(), List.of()),
        new CheckpointDiff(
            MEMORY_DIFF,
            List.of(
                new CheckpointDiff.ProcessDiff(
                    70,
                    CheckpointDiff.ProcessChange.OTHER_PROGRAM,
                    "sh",
                    "/bin/sh",
                    "/bin/cat",
                    MEMORY_DIFF)),
            List.of(
                new CheckpointDiff.SocketDiff(
                    CheckpointDiff.Change.ADDED, "tcp", "listening", "0.0.0.0:80", "")),
            List.of(
                new CheckpointDiff.FileDiff(
                    "/etc/motd",
                    CheckpointDiff.Change.CHANGED,
                    DataSize.ofBytes(4),
                    DataSize.ofBytes(5))),
            6),
        new StoreReport(
            3,
            4,
            DataSize.ofBytes(5),
            DataSize.ofBytes(6),
            DataSize.ofBytes(7),
            DataSize.ofBytes(8),
            DataSize.ofBytes(9),
            true,
            -7,
            DataSize.ofBytes(10)),
        new StoreFindings(
            DataSize.ofBytes(1),
            DataSize.ofBytes(2),
            3,
            List.of(
                new StoreFindings.DamagedCheckpoint(
                    WEB1, CHECKPOINT.id(), List.of("pages-1.img")))),
        Failure.of(
            VpsException.notCheckpointable(
                WEB1, "suspend", List.of(RING), List.of("(00.1) a line"))),
        new PreflightReport(
            WEB1,
            AT,
            Duration.ofMillis(12),
            3,
            DataSize.ofMebibytes(7),
            DataSize.ofMebibytes(9),
            "4.2.1",
            "1.1.5",
            "6.18.0",
            List.of(RING, Obstacle.of(ObstacleKind.WALL_CLOCK, Optional.empty(), Optional.empty())),
            1),
        new DepartureReport(
            SPEC,
            true,
            "sha256:0a",
            DataSize.ofMebibytes(2),
            DataSize.ofMebibytes(7),
            DataSize.ofMebibytes(3),
            DataSize.ofMebibytes(1),
            List.of("avx2", "fpu"),
            List.of(RING)),
        new AheadReport(
            3,
            DataSize.ofMebibytes(300),
            DataSize.ofMebibytes(1),
            DataSize.ofMebibytes(100),
            DataSize.ofMebibytes(2),
            "what is left fits the downtime"),
        new ArrivalReport(
            false,
            true,
            Optional.of(WEB2),
            List.of(new ArrivalReport.PortInUse(PORTS.getFirst(), "VPS 'web2' has it")),
            Optional.of(TINY),
            DataSize.ofMebibytes(9),
            true),
        new TemplateList(List.of(new TemplateReport(TINY, "busybox", true, DataSize.ofBytes(9)))));
  }

  @ParameterizedTest
  @MethodSource("replies")
  void carriesEveryReply(Object reply) throws IOException {
    String json = Json.MAPPER.writeValueAsString(reply);

    assertThat(Json.MAPPER.readValue(json, reply.getClass())).isEqualTo(reply);
  }

  static Stream<OperationReport> outcomes() {
    return Stream.of(
        new OperationReport.Unknown(),
        new OperationReport.Running(new Progress("dump", 1, 2, 50)),
        new OperationReport.Succeeded(),
        new OperationReport.Failed(Failure.of(VpsException.notFound(WEB1))));
  }

  @ParameterizedTest
  @MethodSource("outcomes")
  void carriesEveryOutcome(OperationReport outcome) throws IOException {
    String json = Json.MAPPER.writeValueAsString(outcome);

    assertThat(Json.MAPPER.readValue(json, OperationReport.class)).isEqualTo(outcome);
  }

  /** Outcomes that an older Letargo kept have no explanation. */
  @Test
  void readsAFailureWithoutAnExplanation() throws IOException {
    String old = "{\"code\":\"NO_SPACE\",\"what\":\"a\",\"why\":\"b\",\"remedy\":\"c\"}";

    assertThat(Json.MAPPER.readValue(old, Failure.class))
        .isEqualTo(new Failure(Code.NO_SPACE, "a", "b", "c"));
  }

  @Test
  void writesWhatTheDocumentShows() throws IOException {
    var create =
        new HookRequest.CreateVps(OP, WEB1, TINY, VpsLimits.DEFAULT, Optional.of(ADDRESS), PORTS);

    assertThat(Json.MAPPER.writeValueAsString(create))
        .isEqualTo(
            "{\"request\":\"CreateVps\",\"operation\":\"op-0123456789ab\",\"name\":\"web1\","
                + "\"template\":\"tiny\",\"limits\":{\"memory\":536870912,\"milliCpus\":1000,"
                + "\"pids\":512},\"address\":\"10.77.0.2\",\"published\":[\"8080:80\","
                + "\"53:53/udp\"]}");
  }
}
