package org.letargo.hook.protocol.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.HookClient;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.HookStream.Item;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.OperationReport;
import org.letargo.hook.protocol.ProgressListener;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.TemplateReport;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsLimits;
import org.letargo.hook.protocol.VpsName;

/** What every hook owes its callers where templates are concerned; part of {@link HookContract}. */
abstract class TemplateContract {
  private static final TemplateName COPY = new TemplateName("contract-copy");
  private static final VpsName USER = new VpsName("contract-user");

  /** A client of the hook under test. */
  protected abstract HookClient client();

  /** A template that is built and has a shell. */
  protected TemplateName template() {
    return new TemplateName("tiny");
  }

  /** After each test, before the host is looked at. */
  void removeTheCopy() {
    for (HookRequest<Done> removing :
        List.of(
            new HookRequest.DestroyVps(op(), USER), new HookRequest.RemoveTemplate(op(), COPY))) {
      try {
        client().call(removing);
      } catch (VpsException e) {
        assertThat(e.code()).isEqualTo(Code.NOT_FOUND);
      }
    }
  }

  @Test
  void carriesATemplateAsAFile() {
    byte[] file = output(new HookRequest.ExportTemplate(op(), template()));

    TemplateReport added = add(op(), file);

    TemplateReport original = report(template()).orElseThrow();
    assertThat(added)
        .isEqualTo(new TemplateReport(COPY, original.description(), true, original.size()));
    assertThat(report(COPY)).contains(added);
  }

  @Test
  void refusesToRemoveATemplateThatAVpsNeedsAndThenRemovesIt() {
    add(op(), output(new HookRequest.ExportTemplate(op(), template())));
    client()
        .call(
            new HookRequest.CreateVps(
                op(),
                USER,
                COPY,
                new VpsLimits(DataSize.ofMebibytes(64), 500, 64),
                Optional.empty(),
                List.of()));

    VpsException refused = refusal(new HookRequest.RemoveTemplate(op(), COPY));

    assertThat(refused.code()).isEqualTo(Code.WRONG_STATE);
    assertThat(refused.why()).contains("'" + USER + "'");
    client().call(new HookRequest.DestroyVps(op(), USER));
    client().call(new HookRequest.RemoveTemplate(op(), COPY));
    assertThat(report(COPY)).isEmpty();
    assertThat(refusal(new HookRequest.RemoveTemplate(op(), COPY)).code())
        .isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void doesNotExportATemplateThatIsNotThere() {
    assertThat(refusal(new HookRequest.ExportTemplate(op(), COPY)).code())
        .isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void refusesDamagedFilesOfTemplatesAndLeavesNothing() {
    byte[] file = output(new HookRequest.ExportTemplate(op(), template()));
    byte[] cut = Arrays.copyOf(file, file.length / 2);
    byte[] flipped = file.clone();
    flipped[file.length / 2] ^= 1;

    for (byte[] damaged : List.of(cut, flipped)) {
      OperationId operation = op();
      VpsException refused =
          catchThrowableOfType(VpsException.class, () -> add(operation, damaged));
      assertThat(refused.code()).isEqualTo(Code.ARCHIVE_REFUSED);
      assertThat(client().call(new HookRequest.FindOperation(operation)))
          .isInstanceOf(OperationReport.Failed.class);
      assertThat(report(COPY)).isEmpty();
    }
  }

  private Optional<TemplateReport> report(TemplateName name) {
    return client().call(new HookRequest.ListTemplates()).templates().stream()
        .filter(template -> template.name().equals(name))
        .findFirst();
  }

  private TemplateReport add(OperationId operation, byte[] file) {
    try (var stream = client().open(new HookRequest.AddTemplate(operation, COPY))) {
      try {
        stream.input().write(file);
        stream.input().close();
      } catch (IOException e) {
        // refused before it was all there; the answer says why
      }
      return stream.await(ProgressListener.NONE);
    }
  }

  private VpsException refusal(HookRequest<?> request) {
    VpsException refused = catchThrowableOfType(VpsException.class, () -> client().call(request));
    assertThat(refused).as("refusal of " + request).isNotNull();
    return refused;
  }

  static OperationId op() {
    return OperationId.create();
  }

  /** All output of a request that has nothing else to say. */
  byte[] output(HookRequest<Done> request) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (var stream = client().open(request)) {
      while (true) {
        switch (stream.next()) {
          case Item.Output<Done>(byte[] bytes) -> all.writeBytes(bytes);
          case Item.Finished<Done> _ -> {
            return all.toByteArray();
          }
          case Item.Progressed<Done> _ -> {}
          case Item.ErrorOutput<Done> _, Item.Event<Done> _ ->
              throw new AssertionError("an export sends neither");
        }
      }
    }
  }
}
