package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Vps;

/** Hook and manager run for months: nothing may stay open behind a suspend and a resume. */
class LeakIT {
  /** As many as a timeline keeps of its own accord, and some: their packs are open from then on. */
  private static final int WARM_UP = 14;

  private static final int SUSPENDS = 20;

  /** Connections that are being closed, a log that is being rotated. */
  private static final int SLACK = 3;

  @RegisterExtension static final Fixture letargo = Fixture.instance();

  @Test
  void keepsNoDescriptorsOpenOverTwentySuspends() {
    Instance instance = letargo.get();
    Vps vps = instance.createAndStart("leak", "tiny");
    suspendAndResume(vps, WARM_UP);
    long hookBefore = instance.hook().openDescriptors();
    long managerBefore = instance.manager().openDescriptors();

    suspendAndResume(vps, SUSPENDS);

    assertThat(instance.hook().openDescriptors()).isLessThanOrEqualTo(hookBefore + SLACK);
    assertThat(instance.manager().openDescriptors()).isLessThanOrEqualTo(managerBefore + SLACK);
  }

  private static void suspendAndResume(Vps vps, int times) {
    for (int i = 0; i < times; i++) {
      vps.suspend();
      vps.resume();
    }
  }
}
