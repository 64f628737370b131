package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VerifyDepth;
import org.letargo.hook.protocol.VpsName;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Heart;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Vps;

class VerifyIT {
  @RegisterExtension static final Fixture letargo = Fixture.instance();

  @Test
  void tiny() {
    Instance instance = letargo.get();
    Vps vps = instance.createAndStart("tiny1", "tiny");
    Heart heart = Heart.start(vps, 4);
    String id =
        instance.api().run("POST", "/v1/vps/tiny1/checkpoints").json().at("/checkpoint").asText();
    for (VerifyDepth depth : VerifyDepth.values()) {
      long t = System.nanoTime();
      TimelineEntry entry =
          instance
              .hookClient()
              .call(
                  new HookRequest.VerifyCheckpoint(
                      OperationId.create(), new VpsName("tiny1"), new CheckpointId(id), depth));
      System.out.println(
          depth + " " + (System.nanoTime() - t) / 1000000 + " ms " + entry.verification());
      assertThat(entry.verification().orElseThrow().depth()).isEqualTo(depth);
    }
    heart.expectAlive();
  }

  @Test
  void debian() {
    Instance instance = letargo.get();
    Vps vps = instance.createAndStart("deb1", "debian-12");
    vps.awaitSystemd();
    String id =
        instance.api().run("POST", "/v1/vps/deb1/checkpoints").json().at("/checkpoint").asText();
    for (VerifyDepth depth : VerifyDepth.values()) {
      long t = System.nanoTime();
      TimelineEntry entry =
          instance
              .hookClient()
              .call(
                  new HookRequest.VerifyCheckpoint(
                      OperationId.create(), new VpsName("deb1"), new CheckpointId(id), depth));
      System.out.println(
          depth + " " + (System.nanoTime() - t) / 1000000 + " ms " + entry.verification());
    }
    vps.suspend();
    vps.resume();
  }
}
