package org.letargo.hook.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.config.StoreSettings;
import org.letargo.hook.protocol.DataSize;

/** What is predicted of a process that runs, from its own memory. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MemorySampleTest {
  private static final int MEBIBYTE = 1 << 20;

  @TempDir Path scratch;
  private Process process;

  @AfterEach
  void end() throws InterruptedException {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
  }

  /** A shell that holds so many bytes in a variable: of random digits, or all the same. */
  private long holding(int bytes, boolean random) throws IOException {
    String source = random ? "od -An -v -tx1 /dev/urandom" : "yes aaaaaaaaaaaaaaa";
    process =
        new ProcessBuilder(
                "/bin/sh",
                "-c",
                "x=$(" + source + " | tr -d ' \\n' | head -c " + bytes + "); echo ready; read y")
            .start();
    assertThat(process.inputReader(StandardCharsets.US_ASCII).readLine()).isEqualTo("ready");
    return process.pid();
  }

  @Test
  void readsPagesOfTheMemoryThatThereIs() throws IOException {
    long pid = holding(8 * MEBIBYTE, false);

    List<ByteBuffer> windows = new MemorySample(new Random(1)).of(List.of(pid));

    long bytes = windows.stream().mapToLong(ByteBuffer::remaining).sum();
    long same =
        windows.stream()
            .flatMapToInt(window -> StandardCharsets.ISO_8859_1.decode(window.duplicate()).chars())
            .filter(c -> c == 'a')
            .count();
    assertThat(windows)
        .hasSizeBetween(64, 128)
        .allSatisfy(window -> assertThat(window.remaining()).isBetween(4096, 65_536));
    assertThat(same).as("of " + bytes).isGreaterThan(bytes / 2);
  }

  @Test
  void seesHowMuchOfItChanges() throws IOException {
    List<Long> pids = List.of(holding(8 * MEBIBYTE, true));
    var sample = new MemorySample(new Random(1));

    assertThat(sample.changedShare(pids, () -> {})).as("it waits for a line").isZero();
    assertThat(sample.changedShare(pids, this::endQuietly)).as("all of it has gone").isOne();
    assertThat(sample.changedShare(pids, () -> {})).as("there is none").isZero();
  }

  private void endQuietly() {
    try {
      end();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void findsNothingInAProcessThatIsGone() throws IOException, InterruptedException {
    long pid = holding(4096, false);
    end();

    assertThat(new MemorySample(new Random(1)).of(List.of(pid))).isEmpty();
  }

  @Test
  void refusesWhatWillNotFitAndNotWhatCompresses() throws IOException, InterruptedException {
    StoreSettings small =
        new StoreSettings(
            Optional.empty(), 1, Optional.of(DataSize.ofMebibytes(64)), Optional.empty());
    DataSize claimed = DataSize.ofMebibytes(1024); // what is looked at stands for so much
    try (HostStore store = HostStore.open(scratch.resolve("store"), small)) {
      SpaceForecast alike =
          SpaceForecast.of(store, List.of(holding(16 * MEBIBYTE, false)), claimed);
      end();
      SpaceForecast digits =
          SpaceForecast.of(store, List.of(holding(16 * MEBIBYTE, true)), claimed);

      assertThat(alike.fits()).as(alike.toString()).isTrue();
      assertThat(digits.fits()).as(digits.toString()).isFalse();
      assertThat(digits.most()).isEqualTo(claimed);
      assertThat(digits.room()).isLessThanOrEqualTo(DataSize.ofMebibytes(64));
      assertThat(digits.likely())
          .as("half of it: a digit has four bits")
          .isBetween(DataSize.ofMebibytes(350), DataSize.ofMebibytes(750));
      assertThat(SpaceForecast.of(store, List.of(), DataSize.ofBytes(0)).fits()).isTrue();
    }
  }
}
