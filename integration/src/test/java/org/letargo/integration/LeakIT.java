package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Vps;

/** Hook and manager run for months: nothing may stay open behind a suspend and a resume. */
class LeakIT {
  /** As many as a timeline keeps of its own accord, and some. */
  private static final int WARM_UP = 14;

  private static final int SUSPENDS = 20;

  /** Connections that are being closed, a log that is being rotated. */
  private static final int SLACK = 3;

  /** A collection puts eight small ones together; two are being written, and two were before it. */
  private static final int MOST_PACKS = 12;

  @RegisterExtension static final Fixture letargo = Fixture.instance();

  @Test
  void keepsNoDescriptorsOpenOverTwentySuspends() {
    Instance instance = letargo.get();
    Vps vps = instance.createAndStart("leak", "tiny");
    suspendAndResume(vps, WARM_UP);
    List<String> hookBefore = besidePacks(instance);
    List<String> managerBefore = instance.manager().openDescriptors();

    suspendAndResume(vps, SUSPENDS);

    List<String> hook = instance.hook().openDescriptors();
    assertThat(besidePacks(instance))
        .as("%s, and before %s", hook, hookBefore)
        .hasSizeLessThanOrEqualTo(hookBefore.size() + SLACK);
    assertThat(hook.stream().filter(LeakIT::isPack)).hasSizeLessThanOrEqualTo(MOST_PACKS);
    assertThat(instance.manager().openDescriptors())
        .as("before %s", managerBefore)
        .hasSizeLessThanOrEqualTo(managerBefore.size() + SLACK);
  }

  private static List<String> besidePacks(Instance instance) {
    return instance.hook().openDescriptors().stream().filter(path -> !isPack(path)).toList();
  }

  private static boolean isPack(String path) {
    return path.contains("/store/packs/");
  }

  private static void suspendAndResume(Vps vps, int times) {
    for (int i = 0; i < times; i++) {
      vps.suspend();
      vps.resume();
    }
  }
}
