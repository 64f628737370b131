package org.letargo.hook.protocol.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.hook.protocol.ArrivalReport;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DepartureReport;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.HookStream.Item;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.OperationReport;
import org.letargo.hook.protocol.Timeline;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;
import org.letargo.hook.protocol.VpsStatus;

/**
 * What every hook owes those who move checkpoints from one to another; here from a hook to itself.
 */
public abstract class MoveContract extends TimelineFixture {
  private static HookRequest.SendCheckpoint send(VpsName name, TimelineEntry entry) {
    return new HookRequest.SendCheckpoint(op(), name, id(entry), true);
  }

  private static HookRequest.ReceiveVps receive(VpsName name) {
    return new HookRequest.ReceiveVps(op(), Optional.of(name));
  }

  private TimelineEntry stoppedWith(VpsName name, String content) {
    write(name, content);
    client().call(new HookRequest.StopVps(op(), name, Duration.ZERO));
    return checkpoint(name, "");
  }

  private boolean isThere(VpsName name) {
    return client().call(new HookRequest.ListVps()).vpses().stream()
        .anyMatch(vps -> vps.spec().name().equals(name));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void makesAVpsOfACheckpointThatIsSent(boolean packed) {
    VpsName name = running();
    TimelineEntry taken = stoppedWith(name, "one");
    VpsName moved = fresh();
    Timeline before = timeline(name);

    VpsReport received =
        move(
            new HookRequest.SendCheckpoint(op(), name, id(taken), packed),
            new HookRequest.ReceiveVps(op(), Optional.of(moved)));

    assertThat(received.spec().name()).isEqualTo(moved);
    assertThat(received.status()).isEqualTo(new VpsStatus.Stopped());
    assertThat(received.change()).isEmpty();
    assertThat(timeline(moved).checkpoints()).hasSize(1);
    client().call(new HookRequest.StartVps(op(), moved));
    assertThat(read(moved)).isEqualTo("one -");
    assertThat(timeline(name)).isEqualTo(before);
  }

  /** What a move would be refused for is told before, and reserves nothing. */
  @Test
  void tellsWhetherAVpsCouldArrive() {
    VpsName name = running();
    DepartureReport needs = client().call(new HookRequest.DescribeDeparture(name));

    ArrivalReport same = client().call(arrival(needs, name, needs.spec().address()));
    ArrivalReport other = client().call(arrival(needs, fresh(), new Ipv4Address("192.0.2.1")));

    assertThat(needs.hasMemory()).isTrue();
    assertThat(needs.memory().bytes()).isPositive();
    assertThat(needs.cpuFeatures()).isNotEmpty();
    assertThat(needs.obstacles()).isEmpty();
    assertThat(same.nameFree()).isFalse();
    assertThat(same.addressInSubnet()).isTrue();
    assertThat(same.addressHolder()).contains(name);
    assertThat(same.template()).contains(needs.spec().template());
    assertThat(same.storeRoom().bytes()).isPositive();
    assertThat(other.nameFree()).isTrue();
    assertThat(other.addressInSubnet()).isFalse();
    assertThat(other.addressHolder()).isEmpty();
    client().call(new HookRequest.StopVps(op(), name, Duration.ZERO));
    assertThat(client().call(new HookRequest.DescribeDeparture(name)).hasMemory()).isFalse();
  }

  private static HookRequest.DescribeArrival arrival(
      DepartureReport needs, VpsName name, Ipv4Address address) {
    return new HookRequest.DescribeArrival(
        name, address, needs.spec().published(), needs.templateDigest());
  }

  @Test
  void refusesANameAndAnAddressThatAreTaken() {
    VpsName name = running();
    TimelineEntry memory = checkpoint(name, "");
    VpsName other = fresh();

    assertThat(refused(send(name, memory), receive(name))).isEqualTo(Code.NAME_TAKEN);
    assertThat(refused(send(name, memory), receive(other))).isEqualTo(Code.ADDRESS_IN_USE);

    assertThat(isThere(other)).isFalse();
    assertThat(find(name).status()).isInstanceOf(VpsStatus.Running.class);
  }

  private Code refused(HookRequest.SendCheckpoint send, HookRequest.ReceiveVps receive) {
    return catchThrowableOfType(VpsException.class, () -> move(send, receive)).code();
  }

  @Test
  void refusesToSendWhatIsNotThere() {
    VpsName name = running();

    assertThat(refusal(new HookRequest.SendCheckpoint(op(), name, UNKNOWN, true)).code())
        .isEqualTo(Code.NOT_FOUND);
    assertThat(refusal(new HookRequest.SendCheckpoint(op(), fresh(), UNKNOWN, true)).code())
        .isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void makesNothingOfWhatIsNoCheckpoint() throws IOException {
    VpsName name = fresh();

    try (var stream = client().open(receive(name))) {
      stream.input().write("this is not what a hook sends".getBytes(UTF_8));
      stream.input().close();

      assertThat(catchThrowableOfType(VpsException.class, () -> stream.await(_ -> {})).code())
          .isEqualTo(Code.ARCHIVE_REFUSED);
    }
    assertThat(isThere(name)).isFalse();
  }

  @Test
  void endsWhenTheOtherEndIsGone() {
    VpsName name = running();
    TimelineEntry taken = checkpoint(name, "");
    HookRequest.SendCheckpoint send = send(name, taken);

    try (var stream = client().open(send)) {
      assertThat(firstOutput(stream.next(), stream::next)).isTrue();
    } // hangs up, without an answer

    assertThat(outcome(send.operation())).isEqualTo(Code.CANCELLED);
    assertThat(find(name).status()).isInstanceOf(VpsStatus.Running.class);
    assertThat(timeline(name).checkpoints()).containsExactly(taken);
  }

  @Test
  void leavesNothingWhenTheSenderIsGone() {
    VpsName name = running();
    TimelineEntry taken = stoppedWith(name, "one");
    VpsName moved = fresh();
    HookRequest.ReceiveVps receive = receive(moved);

    try (var leaving = client().open(send(name, taken));
        var arriving = client().open(receive)) {
      if (leaving.next() instanceof Item.Output<?>(byte[] outline)) {
        arriving.input().write(outline);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    } // both hang up, in the middle

    assertThat(outcome(receive.operation())).isEqualTo(Code.CANCELLED);
    assertThat(isThere(moved)).isFalse();
  }

  private Code outcome(OperationId operation) {
    return await()
                .until(
                    () -> client().call(new HookRequest.FindOperation(operation)),
                    OperationReport.Failed.class::isInstance)
            instanceof OperationReport.Failed(var failure)
        ? failure.code()
        : Code.INTERNAL;
  }

  private interface Next<R> {
    Item<R> item();
  }

  private static <R> boolean firstOutput(Item<R> first, Next<R> next) {
    Item<R> item = first;
    while (item instanceof Item.Progressed<R>) {
      item = next.item();
    }
    return item instanceof Item.Output<R>;
  }
}
