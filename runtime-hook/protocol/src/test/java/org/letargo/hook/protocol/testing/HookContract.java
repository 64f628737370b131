package org.letargo.hook.protocol.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.HookStream;
import org.letargo.hook.protocol.HookStream.Item;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.OperationReport;
import org.letargo.hook.protocol.PreflightReport;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.Resumed;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.TemplateReport;
import org.letargo.hook.protocol.TerminalSize;
import org.letargo.hook.protocol.VpsEvent;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;
import org.letargo.hook.protocol.VpsStatus;

/**
 * What every hook owes its callers, over the wire. {@link FakeHook} and the real hook both pass it;
 * it wants a built template with a shell ({@code tiny}) and a subnet with 10 free addresses.
 */
public abstract class HookContract extends TemplateContract {
  private static final TerminalSize SIZE = new TerminalSize(24, 80);

  @Test
  void describesTheHost() {
    var host = client().call(new HookRequest.DescribeHost());

    assertThat(host.processors()).isPositive();
    assertThat(host.memoryTotal()).isGreaterThanOrEqualTo(host.memoryAvailable());
    assertThat(host.cgroups()).isIn("v1", "hybrid", "v2");
  }

  @Test
  void listsTheTemplateThatVpsesAreMadeFrom() {
    var templates = client().call(new HookRequest.ListTemplates()).templates();

    assertThat(templates)
        .filteredOn(TemplateReport::built)
        .extracting(TemplateReport::name)
        .contains(template());
  }

  @Test
  void createsAVpsStopped() {
    VpsName name = fresh();

    VpsReport created = create(name);

    assertThat(created.spec().name()).isEqualTo(name);
    assertThat(created.spec().template()).isEqualTo(template());
    assertThat(created.spec().limits()).isEqualTo(LIMITS);
    assertThat(created.status()).isEqualTo(new VpsStatus.Stopped());
    assertThat(created.memoryUsed()).isEqualTo(DataSize.ofBytes(0));
    assertThat(created.change()).isEmpty();
    assertThat(client().call(new HookRequest.FindVps(name))).isEqualTo(created);
    assertThat(client().call(new HookRequest.ListVps()).vpses()).contains(created);
  }

  @Test
  void refusesANameAnAddressAndAPortThatAreTaken() {
    PublishedPort port = new PublishedPort(freePort(), 80, PublishedPort.Protocol.TCP);
    VpsName owner = fresh();
    VpsReport owned =
        client()
            .call(
                new HookRequest.CreateVps(
                    OperationId.create(),
                    owner,
                    template(),
                    LIMITS,
                    Optional.empty(),
                    List.of(port)));
    VpsName other = fresh();

    assertThat(refusal(createOf(owner)).code()).isEqualTo(Code.NAME_TAKEN);
    assertThat(
            refusal(
                    new HookRequest.CreateVps(
                        OperationId.create(),
                        other,
                        template(),
                        LIMITS,
                        Optional.of(owned.spec().address()),
                        List.of()))
                .code())
        .isEqualTo(Code.ADDRESS_IN_USE);
    assertThat(
            refusal(
                    new HookRequest.CreateVps(
                        OperationId.create(),
                        other,
                        template(),
                        LIMITS,
                        Optional.empty(),
                        List.of(port)))
                .code())
        .isEqualTo(Code.PORT_IN_USE);
    assertThat(refusal(new HookRequest.FindVps(other)).code()).isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void refusesAnUnknownTemplate() {
    var unknown =
        new HookRequest.CreateVps(
            OperationId.create(),
            fresh(),
            new TemplateName("no-such-template"),
            LIMITS,
            Optional.empty(),
            List.of());

    assertThat(refusal(unknown).code()).isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void leadsAVpsThroughItsWholeLife() {
    VpsName name = fresh();
    create(name);

    assertThat(status(new HookRequest.StartVps(op(), name))).isInstanceOf(VpsStatus.Running.class);
    assertThat(status(new HookRequest.PauseVps(op(), name))).isInstanceOf(VpsStatus.Paused.class);
    assertThat(status(new HookRequest.UnpauseVps(op(), name)))
        .isInstanceOf(VpsStatus.Running.class);
    assertThat(status(new HookRequest.SuspendVps(op(), name)))
        .isInstanceOf(VpsStatus.Suspended.class);
    assertThat(status(new HookRequest.ResumeVps(op(), name))).isInstanceOf(VpsStatus.Running.class);
    assertThat(status(new HookRequest.StopVps(op(), name, Duration.ZERO)))
        .isEqualTo(new VpsStatus.Stopped());
    assertThat(client().call(new HookRequest.DestroyVps(op(), name))).isEqualTo(new Done());
    assertThat(refusal(new HookRequest.FindVps(name)).code()).isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void saysWhichWayAVpsWasResumed() {
    VpsName name = running();
    client().call(new HookRequest.SuspendVps(op(), name));

    assertThat(client().call(new HookRequest.ResumeVps(op(), name, true)).resumed())
        .contains(new Resumed.Eagerly("it was asked for"));
    VpsReport suspended = client().call(new HookRequest.SuspendVps(op(), name));
    VpsReport again = client().call(new HookRequest.ResumeVps(op(), name));

    assertThat(suspended.resumed()).isEmpty();
    assertThat(again.resumed()).isPresent();
    assertThat(again.resumed()).isNotEqualTo(Optional.of(new Resumed.Eagerly("it was asked for")));
  }

  @Test
  void findsNothingThatBlocksInAFreshVps() {
    VpsName name = running();

    PreflightReport report = client().call(new HookRequest.PreflightVps(name));

    assertThat(report.name()).isEqualTo(name);
    assertThat(report.blocking()).isEmpty();
    assertThat(report.processes()).isPositive();
    assertThat(report.availableSpace().bytes()).isPositive();
    assertThat(client().call(new HookRequest.FindVps(name)).status())
        .isInstanceOf(VpsStatus.Running.class);
  }

  @Test
  void looksOnlyAtAVpsWithProcesses() {
    VpsName name = fresh();
    create(name);

    assertThat(refusal(new HookRequest.PreflightVps(name)).code()).isEqualTo(Code.WRONG_STATE);
    assertThat(refusal(new HookRequest.PreflightVps(new VpsName("nobody"))).code())
        .isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void refusesEveryChangeThatTheStateDoesNotAllow() {
    VpsName name = fresh();
    create(name);
    refusesInThisState(name, "stop", "pause", "unpause", "suspend", "resume");
    client().call(new HookRequest.StartVps(op(), name));
    refusesInThisState(name, "start", "unpause", "resume", "export");
    client().call(new HookRequest.PauseVps(op(), name));
    refusesInThisState(name, "start", "pause", "resume", "export");
    client().call(new HookRequest.SuspendVps(op(), name));
    refusesInThisState(name, "start", "stop", "pause", "unpause", "suspend");
  }

  private void refusesInThisState(VpsName name, String... verbs) {
    VpsStatus before = client().call(new HookRequest.FindVps(name)).status();
    for (String verb : verbs) {
      VpsException refused = refusal(change(verb, name));
      assertThat(refused.code()).as(verb + " when " + before.word()).isEqualTo(Code.WRONG_STATE);
    }
    assertThat(client().call(new HookRequest.FindVps(name)).status()).isEqualTo(before);
  }

  @Test
  void refusesToChangeAVpsThatIsNotThere() {
    for (String verb :
        List.of("start", "stop", "pause", "unpause", "suspend", "resume", "export", "destroy")) {
      assertThat(refusal(change(verb, new VpsName("nobody"))).code())
          .as(verb)
          .isEqualTo(Code.NOT_FOUND);
    }
  }

  @Test
  void keepsTheOutcomeOfAnOperation() {
    VpsName name = fresh();
    OperationId created = op();
    OperationId refused = op();
    client()
        .call(
            new HookRequest.CreateVps(
                created, name, template(), LIMITS, Optional.empty(), List.of()));
    refusal(new HookRequest.ResumeVps(refused, name));

    assertThat(client().call(new HookRequest.FindOperation(created)))
        .isEqualTo(new OperationReport.Succeeded());
    assertThat(client().call(new HookRequest.FindOperation(refused)))
        .isInstanceOfSatisfying(
            OperationReport.Failed.class,
            failed -> assertThat(failed.failure().code()).isEqualTo(Code.WRONG_STATE));
    assertThat(client().call(new HookRequest.FindOperation(op())))
        .isEqualTo(new OperationReport.Unknown());
  }

  @Test
  void cancelsOnlyWhatItKnows() {
    OperationId ended = op();
    refusal(new HookRequest.StartVps(ended, new VpsName("nobody")));

    assertThat(client().call(new HookRequest.CancelOperation(ended))).isEqualTo(new Done());
    assertThat(refusal(new HookRequest.CancelOperation(op())).code()).isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void runsACommandAndTellsItsOutputAndStatus() {
    VpsName name = running();

    assertThat(exec(name, "", "echo", "hello", "there")).isEqualTo("0:hello there\n:");
    assertThat(exec(name, "", "sh", "-c", "exit 7")).isEqualTo("7::");
    assertThat(exec(name, "", "sh", "-c", "echo trouble >&2")).isEqualTo("0::trouble\n");
    assertThat(exec(name, "typed", "cat")).isEqualTo("0:typed:");
    assertThat(exec(name, "", "no-such-program")).startsWith("127:");
  }

  @Test
  void refusesCommandsAndConsolesWithoutAProcess() {
    VpsName name = fresh();
    create(name);
    var exec = new HookRequest.ExecInVps(name, List.of("true"), Optional.empty());

    assertThat(refusal(exec).code()).isEqualTo(Code.WRONG_STATE);
    assertThat(refusal(new HookRequest.AttachConsole(name, SIZE)).code())
        .isEqualTo(Code.WRONG_STATE);
  }

  @Test
  void endsTheConsoleWhenTheVpsStops() throws IOException {
    VpsName name = running();
    try (var console = client().open(new HookRequest.AttachConsole(name, SIZE))) {
      console.input().write('\n'); // a terminal shows what is typed; then somebody is attached
      console.input().flush();
      while (!(console.next() instanceof Item.Output<Done>)) {}
      client().call(new HookRequest.StopVps(op(), name, Duration.ZERO));

      assertThat(console.await(progress -> {})).isEqualTo(new Done());
    }
  }

  @Test
  void carriesASuspendedVpsAsAnArchive() throws IOException {
    VpsName name = running();
    VpsReport suspended = client().call(new HookRequest.SuspendVps(op(), name));
    byte[] archive = export(name);
    client().call(new HookRequest.DestroyVps(op(), name));
    VpsName other = fresh();

    VpsReport imported = importVps(Optional.of(other), archive);

    assertThat(imported.spec().name()).isEqualTo(other);
    assertThat(imported.spec().limits()).isEqualTo(suspended.spec().limits());
    assertThat(imported.status()).isInstanceOf(VpsStatus.Suspended.class);
    assertThat(status(new HookRequest.ResumeVps(op(), other)))
        .isInstanceOf(VpsStatus.Running.class);
  }

  @Test
  void importsUnderTheNameInTheArchive() throws IOException {
    VpsName name = fresh();
    create(name);
    byte[] archive = export(name);
    client().call(new HookRequest.DestroyVps(op(), name));

    VpsReport imported = importVps(Optional.empty(), archive);

    assertThat(imported.spec().name()).isEqualTo(name);
    assertThat(imported.status()).isEqualTo(new VpsStatus.Stopped());
  }

  @Test
  void refusesDamagedArchivesAndLeavesNothing() throws IOException {
    VpsName name = fresh();
    create(name);
    byte[] archive = export(name);
    byte[] cut = java.util.Arrays.copyOf(archive, archive.length / 2);
    byte[] flipped = archive.clone();
    flipped[archive.length / 2] ^= 1;
    VpsName other = fresh();

    for (byte[] damaged : List.of(new byte[0], cut, flipped)) {
      VpsException refused =
          catchThrowableOfType(VpsException.class, () -> importVps(Optional.of(other), damaged));
      assertThat(refused.code()).isEqualTo(Code.ARCHIVE_REFUSED);
      assertThat(refusal(new HookRequest.FindVps(other)).code()).isEqualTo(Code.NOT_FOUND);
    }
  }

  @Test
  void refusesToImportOverAVps() throws IOException {
    VpsName name = fresh();
    create(name);
    byte[] archive = export(name);

    VpsException refused =
        catchThrowableOfType(VpsException.class, () -> importVps(Optional.of(name), archive));

    assertThat(refused.code()).isEqualTo(Code.NAME_TAKEN);
  }

  @Test
  void refusesATakenNameBeforeTheArchiveIsWhole() throws IOException {
    VpsName name = fresh();
    create(name);
    byte[] archive = export(name);

    try (var stream = client().open(new HookRequest.ImportVps(op(), Optional.empty()))) {
      try {
        stream.input().write(archive, 0, archive.length - 100);
      } catch (IOException e) {
        // refused already; the answer says why
      }

      VpsException refused =
          catchThrowableOfType(VpsException.class, () -> stream.await(progress -> {}));

      assertThat(refused.code()).isEqualTo(Code.NAME_TAKEN);
    }
  }

  @Test
  void rollsBackAnImportWhoseCallerHangsUp() throws IOException {
    VpsName name = fresh();
    create(name);
    byte[] archive = export(name);
    VpsName other = fresh();
    OperationId operation = op();

    try (var stream = client().open(new HookRequest.ImportVps(operation, Optional.of(other)))) {
      stream.input().write(archive, 0, archive.length / 2);
    }

    await()
        .untilAsserted(() ->
            assertThat(client().call(new HookRequest.FindOperation(operation)))
                .isInstanceOf(OperationReport.Failed.class));
    assertThat(refusal(new HookRequest.FindVps(other)).code()).isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void tellsAWatcherFirstAllAndThenEveryChange() {
    VpsName name = fresh();
    create(name);
    try (var watch = client().open(new HookRequest.WatchVps())) {
      assertThat(nextOf(watch, name).vps().orElseThrow().status())
          .isEqualTo(new VpsStatus.Stopped());

      VpsReport started = client().call(new HookRequest.StartVps(op(), name));
      VpsReport seen = nextOf(watch, name).vps().orElseThrow();
      while (seen.revision() < started.revision()) {
        VpsReport next = nextOf(watch, name).vps().orElseThrow();
        assertThat(next.revision()).isGreaterThan(seen.revision());
        seen = next;
      }
      assertThat(seen.status()).isEqualTo(started.status());

      client().call(new HookRequest.DestroyVps(op(), name));
      VpsEvent event = nextOf(watch, name);
      while (event.vps().isPresent()) {
        event = nextOf(watch, name);
      }
    }
  }

  private static VpsEvent nextOf(HookStream<Done> watch, VpsName name) {
    while (true) {
      if (watch.next() instanceof Item.Event<Done>(VpsEvent event) && event.name().equals(name)) {
        return event;
      }
    }
  }

  private HookRequest.Change<?> change(String verb, VpsName name) {
    return Map.<String, HookRequest.Change<?>>of(
            "start", new HookRequest.StartVps(op(), name),
            "stop", new HookRequest.StopVps(op(), name, Duration.ZERO),
            "pause", new HookRequest.PauseVps(op(), name),
            "unpause", new HookRequest.UnpauseVps(op(), name),
            "suspend", new HookRequest.SuspendVps(op(), name),
            "resume", new HookRequest.ResumeVps(op(), name),
            "export", new HookRequest.ExportVps(op(), name, Optional.empty()),
            "destroy", new HookRequest.DestroyVps(op(), name))
        .get(verb);
  }
}
