package org.letargo.hook.protocol.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.HookClient;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.HookStream;
import org.letargo.hook.protocol.HookStream.Item;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsLimits;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;
import org.letargo.hook.protocol.VpsStatus;

/**
 * What the contracts of a hook share: VPSes of their own, that are gone after each test. It wants a
 * built template with a shell ({@code tiny}) and a subnet with 10 free addresses.
 */
public abstract class HookContractFixture {
  static final VpsLimits LIMITS = new VpsLimits(DataSize.ofMebibytes(64), 500, 64);
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private final List<VpsName> made = new ArrayList<>();

  /** A client of the hook under test. */
  protected abstract HookClient client();

  /** A template that is built and has a shell. */
  protected TemplateName template() {
    return new TemplateName("tiny");
  }

  /** A port of the host that nobody has. */
  protected int freePort() {
    return 18080;
  }

  /** Called after each test, when nothing that it made is there any more. */
  protected void afterTest() throws IOException {}

  @AfterEach
  void destroyWhatWasMade() throws IOException {
    for (VpsName name : made) {
      try {
        client().call(new HookRequest.DestroyVps(OperationId.create(), name));
      } catch (VpsException e) {
        assertThat(e.code()).isEqualTo(Code.NOT_FOUND);
      }
    }
    afterTest();
  }

  VpsException refusal(HookRequest<?> request) {
    VpsException refused = catchThrowableOfType(VpsException.class, () -> client().call(request));
    assertThat(refused).as("refusal of " + request).isNotNull();
    return refused;
  }

  VpsName fresh() {
    VpsName name = new VpsName("contract" + NUMBER.incrementAndGet());
    made.add(name);
    return name;
  }

  VpsName running() {
    VpsName name = fresh();
    create(name);
    client().call(new HookRequest.StartVps(op(), name));
    return name;
  }

  HookRequest.CreateVps createOf(VpsName name) {
    return new HookRequest.CreateVps(op(), name, template(), LIMITS, Optional.empty(), List.of());
  }

  VpsReport create(VpsName name) {
    return client().call(createOf(name));
  }

  VpsStatus status(HookRequest<VpsReport> change) {
    VpsReport report = client().call(change);
    assertThat(report.change()).isEmpty();
    return report.status();
  }

  static OperationId op() {
    return OperationId.create();
  }

  byte[] export(VpsName name) {
    return export(name, Optional.empty());
  }

  byte[] export(VpsName name, Optional<CheckpointId> checkpoint) {
    return output(new HookRequest.ExportVps(op(), name, checkpoint));
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

  VpsReport importVps(Optional<VpsName> name, byte[] archive) {
    try (var stream = client().open(new HookRequest.ImportVps(op(), name))) {
      try {
        stream.input().write(archive);
        stream.input().close();
      } catch (IOException e) {
        // refused before it was all there; the answer says why
      }
      return stream.await(progress -> {});
    }
  }

  /**
   * Moves a checkpoint from the hook into itself: each one's output is the other's input.
   *
   * @throws VpsException what the receiving end failed with; HOOK_UNREACHABLE if the sending end
   *     did
   */
  @SuppressWarnings("try") // closing early is how one hangs up
  VpsReport move(HookRequest.SendCheckpoint send, HookRequest.ReceiveVps receive) {
    try (var leaving = client().open(send);
        var arriving = client().open(receive);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads.execute(() -> {
        try {
          pump(leaving, arriving.input());
          arriving.input().close(); // all was sent: the end
        } catch (VpsException | IOException e) {
          arriving.close(); // not all was sent: hangs up
        }
      });
      try {
        return pump(arriving, leaving.input());
      } finally {
        leaving.close(); // it may wait for an answer that never comes
      }
    }
  }

  private static <R> R pump(HookStream<R> from, OutputStream to) {
    while (true) {
      switch (from.next()) {
        case Item.Output<R>(byte[] bytes) -> {
          try {
            to.write(bytes);
          } catch (IOException e) {
            // it takes no more; what it answers says why
          }
        }
        case Item.Finished<R>(R reply) -> {
          return reply;
        }
        case Item.Progressed<R> _ -> {}
        case Item.ErrorOutput<R> _, Item.Event<R> _ ->
            throw new AssertionError("a move sends neither");
      }
    }
  }

  /** STATUS:OUTPUT:ERROR OUTPUT. */
  String exec(VpsName name, String input, String... command) {
    StringBuilder output = new StringBuilder();
    StringBuilder errorOutput = new StringBuilder();
    var request = new HookRequest.ExecInVps(name, List.of(command), Optional.empty());
    try (var stream = client().open(request)) {
      try {
        stream.input().write(input.getBytes(UTF_8));
        stream.input().close();
      } catch (IOException e) {
        // the command did not wait for it
      }
      while (true) {
        switch (stream.next()) {
          case Item.Output<?>(byte[] bytes) -> output.append(new String(bytes, UTF_8));
          case Item.ErrorOutput<?>(byte[] bytes) -> errorOutput.append(new String(bytes, UTF_8));
          case Item.Finished<org.letargo.hook.protocol.ExecReply>(var reply) -> {
            return reply.exitStatus() + ":" + output + ":" + errorOutput;
          }
          case Item.Progressed<?> _, Item.Event<?> _ ->
              throw new AssertionError("a command sends neither");
        }
      }
    }
  }
}
