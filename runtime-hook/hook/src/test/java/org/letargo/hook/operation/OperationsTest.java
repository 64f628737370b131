package org.letargo.hook.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.OperationReport;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.ProgressListener;
import org.letargo.hook.protocol.VpsException;
import org.letargo.linux.Mounts;

@Timeout(60)
class OperationsTest {
  private static final OperationId ID = new OperationId("op-0123456789ab");

  @TempDir Path temporary;
  private Path folder;
  private Operations operations;

  @BeforeEach
  void open() {
    folder = temporary.resolve("operations");
    operations = new Operations(folder);
  }

  @Test
  void knowsNothingOfAnOperationThatNeverCame() {
    assertThat(operations.find(ID)).isEqualTo(new OperationReport.Unknown());
  }

  @Test
  void keepsASuccessForTheNextHook() {
    String reply = run(operation -> "done");

    assertThat(reply).isEqualTo("done");
    assertThat(operations.find(ID)).isEqualTo(new OperationReport.Succeeded());
    assertThat(new Operations(folder).find(ID)).isEqualTo(new OperationReport.Succeeded());
  }

  @Test
  void keepsASuccessAsSoonAsTheChangeSaysSo() {
    run(operation -> {
      assertThat(new Operations(folder).find(ID)).isEqualTo(new OperationReport.Unknown());
      operation.succeeded();
      assertThat(new Operations(folder).find(ID)).isEqualTo(new OperationReport.Succeeded());
      return "done";
    });
  }

  @Test
  void keepsAFailureForTheNextHook() {
    VpsException failure =
        new VpsException(Code.NO_SPACE, "cannot do it", "it is full", "Free it.");

    assertThatThrownBy(() -> run(fails(failure))).isSameAs(failure);

    assertThat(new Operations(folder).find(ID))
        .isEqualTo(
            new OperationReport.Failed(
                new Failure(Code.NO_SPACE, "cannot do it", "it is full", "Free it.")));
  }

  @Test
  void takesAnythingElseThatIsThrownForAFaultOfOurs() {
    assertThatThrownBy(() -> run(fails(new IllegalStateException("oops"))))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.INTERNAL))
        .hasMessage(
            "operation op-0123456789ab failed: java.lang.IllegalStateException: oops."
                + " Please report it with the log.");

    assertThat(operations.find(ID)).isInstanceOf(OperationReport.Failed.class);
  }

  @Test
  void tellsTheProgressOfOneThatRuns() {
    OperationReport seen =
        run(operation -> {
          operation.phase("dump", 20);
          return operations.find(ID);
        });

    assertThat(seen).isEqualTo(new OperationReport.Running(new Progress("dump", 0, 0, 20)));
  }

  @Test
  void refusesAnIdThatWasUsedAndKeepsItsOutcome() {
    run(operation -> "done");

    assertRefused(operations);
    assertRefused(new Operations(folder));

    assertThat(operations.find(ID)).isEqualTo(new OperationReport.Succeeded());
  }

  @Test
  void takesACancellationThatCameTooLate() {
    run(operation -> "done");

    operations.cancel(ID);

    assertThat(operations.find(ID)).isEqualTo(new OperationReport.Succeeded());
  }

  @Test
  void refusesAnIdThatIsInUseAndLetsItRunOn() throws Exception {
    CountDownLatch runs = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    FutureTask<String> first =
        new FutureTask<>(() ->
            run(operation -> {
              runs.countDown();
              awaitQuietly(mayEnd);
              return "first";
            }));
    Thread.ofVirtual().start(first);
    runs.await();

    assertRefused(operations);

    assertThat(operations.find(ID)).isInstanceOf(OperationReport.Running.class);
    mayEnd.countDown();
    assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("first");
    assertThat(operations.find(ID)).isEqualTo(new OperationReport.Succeeded());
  }

  @Test
  void cancelsOneThatRuns() {
    assertThatThrownBy(() ->
            run(operation -> {
              operations.cancel(ID);
              operation.checkCancelled();
              return "not reached";
            }))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.CANCELLED));

    assertThat(operations.find(ID))
        .isInstanceOfSatisfying(
            OperationReport.Failed.class,
            failed -> assertThat(failed.failure().code()).isEqualTo(Code.CANCELLED));
  }

  @Test
  void cannotCancelOneThatNeverWas() {
    assertThatThrownBy(() -> operations.cancel(ID))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND))
        .hasMessage(
            "cannot cancel operation op-0123456789ab: there is none of that id."
                + " List them with 'letargo ops list'.");
  }

  @Test
  void doesNotTakeASuccessBackOnAFullDisk() throws IOException {
    Path disk = Files.createDirectory(temporary.resolve("disk"));
    Mounts.mount("tmpfs", "small", disk, 0, "size=64k");
    try {
      Operations full = new Operations(disk.resolve("operations"));
      fill(disk);

      String reply = full.run(ID, ProgressListener.NONE, operation -> "done");

      assertThat(reply).isEqualTo("done");
      assertThat(full.find(ID)).isEqualTo(new OperationReport.Unknown());
    } finally {
      Mounts.unmount(disk, true);
    }
  }

  @Test
  void tellsTheFirstFailureOnAFullDisk() throws IOException {
    VpsException failure = new VpsException(Code.BUSY, "cannot do it", "it is busy", "");
    Path disk = Files.createDirectory(temporary.resolve("disk"));
    Mounts.mount("tmpfs", "small", disk, 0, "size=64k");
    try {
      Operations full = new Operations(disk.resolve("operations"));
      fill(disk);

      assertThatThrownBy(() -> full.run(ID, ProgressListener.NONE, fails(failure)))
          .isSameAs(failure);
    } finally {
      Mounts.unmount(disk, true);
    }
  }

  @Test
  void keepsTheNewestTwoThousandOutcomes() throws IOException {
    for (int i = 0; i < 2050; i++) {
      Path file = folder.resolve("op-" + HexFormat.of().toHexDigits(i, 12) + ".json");
      Files.writeString(file, "{\"outcome\":\"succeeded\"}");
      Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_000L + i));
    }

    Operations pruned = new Operations(folder);

    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(2000);
    }
    assertThat(pruned.find(new OperationId("op-000000000031")))
        .isEqualTo(new OperationReport.Unknown());
    assertThat(pruned.find(new OperationId("op-000000000032")))
        .isEqualTo(new OperationReport.Succeeded());
  }

  private <R> R run(Function<Operation, R> change) {
    return operations.run(ID, ProgressListener.NONE, change);
  }

  private static Function<Operation, String> fails(RuntimeException failure) {
    return operation -> {
      throw failure;
    };
  }

  private static void assertRefused(Operations operations) {
    assertThatThrownBy(() -> operations.run(ID, ProgressListener.NONE, operation -> "again"))
        .isInstanceOfSatisfying(VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.BUSY))
        .hasMessage("operation op-0123456789ab is refused: there was one of this id already.");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void fill(Path disk) throws IOException {
    try (var out = Files.newOutputStream(disk.resolve("filler"))) {
      while (true) {
        out.write(new byte[4096]);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left on device");
    }
  }
}
