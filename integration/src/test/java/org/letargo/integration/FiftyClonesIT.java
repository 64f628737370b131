package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Vps;

/** Many VPSes of one warm moment run side by side, and each knows who it is. */
class FiftyClonesIT {
  private static final int CLONES = 50;

  @RegisterExtension static final Fixture letargo = Fixture.instance();

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void answerEachAtItsOwnAddress() {
    Instance instance = letargo.get();
    instance
        .api()
        .run(
            "POST", "/v1/vps", Map.of("name", "warm", "template", "tiny", "memoryBytes", 32 << 20));
    Vps warm = instance.vps("warm");
    warm.start();
    warm.sh("mkdir -p /etc/letargo && echo since-before > /run/memory");
    warm.install(
        "/etc/letargo/on-clone",
        "#!/bin/sh\necho \"$1 of ${2%@*}\" >/var/www/index.html\n".getBytes(),
        "755");
    long begin = System.nanoTime();

    HostCommand.Result cloned =
        instance.cli().run("clone", "warm", "c", "--count", String.valueOf(CLONES));

    long seconds = (System.nanoTime() - begin) / 1_000_000_000;
    assertThat(cloned.status()).as(cloned.errors()).isZero();
    Set<String> addresses = new HashSet<>();
    Set<String> devices = new HashSet<>();
    List<String> answers = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 1; i <= CLONES; i++) {
      Vps clone = instance.vps("c-" + i);
      assertThat(clone.state()).isEqualTo("running");
      addresses.add(clone.address());
      devices.add(clone.sh("cat /sys/class/net/eth0/address"));
      assertThat(clone.sh("cat /run/memory; hostname")).isEqualTo("since-before\nc-" + i);
      answers.add(
          instance
              .host()
              .run("curl", "-sS", "-m", "10", "http://" + clone.address() + "/")
              .strip());
      expected.add("c-" + i + " of warm");
    }
    assertThat(answers).as("told by a command of their own").isEqualTo(expected);
    assertThat(addresses).hasSize(CLONES).doesNotContain(warm.address());
    assertThat(devices).hasSize(CLONES);
    JsonNode store = instance.api().get("/v1/store");
    System.out.printf(
        "%d clones in %d s; the store has %d checkpoints in %d KiB%n",
        CLONES, seconds, store.at("/checkpoints").asInt(), store.at("/storedBytes").asLong() >> 10);
    assertThat(store.at("/storedBytes").asLong())
        .as("what clones share is kept once")
        .isLessThan(store.at("/contentBytes").asLong() / 10);
  }
}
