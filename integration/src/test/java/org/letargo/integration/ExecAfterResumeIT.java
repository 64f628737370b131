package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Vps;

/** What somebody starts in a VPS that was resumed belongs to it like all else. */
class ExecAfterResumeIT {
  @RegisterExtension static final Fixture letargo = Fixture.instance();

  /** The second resume fails if the program has the host's clock. */
  @Test
  void leavesAProgramBehindThatIsSuspendedAndResumedToo() {
    Vps vps = letargo.get().createAndStart("late", "tiny");
    vps.suspend();
    vps.resume();

    vps.daemon("count", "sh -c 'n=0; while :; do n=$((n+1)); echo $n >/run/n; sleep 0.1; done'");
    assertThat(vps.sh("readlink /proc/self/ns/time")).isEqualTo(vps.sh("readlink /proc/1/ns/time"));
    IntSupplier count = () -> Integer.parseInt("0" + vps.sh("cat /run/n"));
    Awaitility.await().until(() -> count.getAsInt() > 0);
    vps.suspend();
    vps.resume();

    int seen = count.getAsInt();
    Awaitility.await().until(() -> count.getAsInt() > seen);
  }
}
