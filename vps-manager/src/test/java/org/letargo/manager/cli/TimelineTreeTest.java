package org.letargo.manager.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TimelineTreeTest {
  /** Draws "a", "b<a" (b follows on a), ... with the VPS at {@code here}. */
  private static String draw(String here, String... checkpoints) {
    ObjectNode timeline = CliCommand.object().put("here", here);
    var entries = timeline.putArray("checkpoints");
    for (String each : checkpoints) {
      String[] words = each.split("<");
      ObjectNode entry = entries.addObject().put("id", words[0]);
      if (words.length > 1) {
        entry.put("parent", words[1]);
      }
    }
    List<TimelineTree.Row> rows = TimelineTree.of(timeline);
    return rows.stream()
        .map(row -> row.branches() + row.entry().path("id").asText() + "\n")
        .collect(Collectors.joining());
  }

  @Test
  void drawsNothingOfNothing() {
    assertThat(draw("")).isEmpty();
  }

  @Test
  void keepsWhatFollowsOnEachOtherInOneColumn() {
    assertThat(draw("c", "a", "b<a", "c<b"))
        .isEqualTo(
            """
            * a
            * b
            @ c
            """);
  }

  @Test
  void leadsTheColumnToWhereTheVpsIs() {
    assertThat(draw("b", "a", "b<a", "c<a", "d<c"))
        .isEqualTo(
            """
            * a
            |-* c
            | * d
            @ b
            """);
  }

  @Test
  void leadsABranchThatWasLeftToItsYoungest() {
    assertThat(draw("z", "a", "b<a", "c<b", "d<b", "z<a"))
        .isEqualTo(
            """
            * a
            |-* b
            | |-* c
            | * d
            @ z
            """);
  }

  @Test
  void drawsSeveralBeginningsOneBelowTheOther() {
    assertThat(draw("b", "a", "b", "c<forgotten"))
        .isEqualTo(
            """
            * a
            @ b
            * c
            """);
  }

  @Test
  void drawsAHistoryOfThousands() {
    String[] chain = new String[5000];
    chain[0] = "c0";
    for (int number = 1; number < chain.length; number++) {
      chain[number] = "c" + number + "<c" + (number - 1);
    }

    assertThat(draw("c4999", chain).lines()).hasSize(5000).allMatch(line -> line.indexOf('c') == 2);
  }
}
