package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Instance;

/**
 * Every named point of suspend, checkpoint, resume and verify fails, and takes its time; {@link
 * HookFaultsIT} lets the hook die there.
 */
class HookFailuresIT {
  @RegisterExtension static final Fixture letargo = Fixture.instance();

  @TempDir private Path scratch;

  static Stream<HookPoint> points() {
    return HookPoint.ofCheckpoints();
  }

  /**
   * A failure at the point, as of a full disk: the VPS is running or suspended, and whole, and the
   * checkpoint is there or is not.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource("points")
  void survivesAFailureAt(HookPoint point) throws IOException {
    Instance instance = letargo.get();
    var patient = new HookPatient(instance, scratch);
    patient.prepare(point);
    patient.restartHook("fail:" + point.name());

    instance.api().await(patient.ask(point), HookPatient.LONGEST_RECOVERY);
    patient.expectWholeTimeline();
    patient.restartHook("");

    patient.expectNothingHalfDone();
    assertThat(patient.state()).isIn("running", "suspended");
    patient.expectNextChangeWorks(point.inState(patient.state()));
  }

  /** A point that takes its time: whoever waits, waits, and all goes well. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("points")
  void waitsAt(HookPoint point) throws IOException {
    Instance instance = letargo.get();
    var patient = new HookPatient(instance, scratch);
    patient.prepare(point);
    patient.restartHook("delay:" + point.name());

    instance.api().await(patient.ask(point), HookPatient.LONGEST_RECOVERY).expectSucceeded();
    patient.expectWholeTimeline();
    patient.restartHook("");

    patient.expectNothingHalfDone();
    assertThat(patient.state()).isEqualTo(point.verb().equals("suspend") ? "suspended" : "running");
    patient.expectNextChangeWorks(point.inState(patient.state()));
  }
}
