package org.letargo.hook.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ObstacleTest {
  private static final Optional<VpsProcess> REDIS = Optional.of(new VpsProcess(71, "redis"));

  @ParameterizedTest
  @EnumSource
  void isADocumentedWordWithAReasonAndARemedyWhereItBlocks(ObstacleKind kind) throws IOException {
    String document = Files.readString(Path.of("../../docs/troubleshooting.md"));

    assertThat(kind.word()).matches("[a-z]+(-[a-z]+)*");
    assertThat(kind.reason()).isNotEmpty().doesNotEndWith(".");
    assertThat(kind.remedy()).matches(kind.severity() == Severity.BLOCKS ? ".+\\." : "");
    assertThat(document).contains("| `" + kind.word() + "`").contains(kind.reason());
  }

  @Test
  void saysWhoWhatAndWhyInOneSentence() {
    Obstacle pipe =
        Obstacle.of(
            ObstacleKind.PACKET_PIPE,
            REDIS,
            Optional.of(ObstacleResource.descriptor(4, "pipe:[12]")));

    assertThat(pipe.sentence())
        .isEqualTo(
            "process 71 (redis), descriptor 4 (pipe:[12]): a pipe in packet mode cannot be saved");
    assertThat(Obstacle.of(ObstacleKind.TRACED, REDIS, Optional.empty()).sentence())
        .isEqualTo("process 71 (redis): it is traced, and two cannot trace one process");
    assertThat(Obstacle.of(ObstacleKind.WALL_CLOCK, Optional.empty(), Optional.empty()).sentence())
        .startsWith("the wall clock");
  }

  @Test
  void makesNamesOfProgramsPrintableAndShort() {
    VpsProcess process = new VpsProcess(7, "a\u001b[31m\nb");
    ObstacleResource resource = ObstacleResource.descriptor(3, "/" + "x".repeat(5000));

    assertThat(process.command()).isEqualTo("a?[31m?b");
    assertThat(resource.detail()).hasSize(203).endsWith("...");
  }

  @Test
  void refusesASuspensionInThreeSentences() {
    Obstacle traced = Obstacle.of(ObstacleKind.TRACED, REDIS, Optional.empty());

    assertThat(
            VpsException.notCheckpointable(
                    new VpsName("web1"),
                    "suspend",
                    java.util.List.of(traced, traced, traced),
                    java.util.List.of())
                .getMessage())
        .isEqualTo(
            "cannot suspend VPS 'web1': process 71 (redis): it is traced, and two cannot trace one"
                + " process; and 2 more obstacles. Detach gdb or strace from it. The VPS runs on.");
  }
}
