package org.letargo.manager.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManPagesTest {
  @TempDir Path folder;

  @Test
  void hasOneForEveryCommand() throws Exception {
    ManPages.main(new String[] {folder.toString()});

    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains("letargo.1", "letargo-create.1", "letargo-suspend.1", "letargo-template.1")
          .containsExactlyInAnyOrderElementsOf(ManPages.pages().keySet());
    }
  }

  @Test
  void saysWhatTheCommandSaysOfItself() throws Exception {
    String page = ManPages.pages().get("letargo-suspend.1");

    assertThat(page)
        .startsWith(".TH \"LETARGO\\-SUSPEND\" \"1\" \"\" \"letargo ")
        .contains("\n.SH NAME\nletargo\\-suspend \\- ")
        .contains("\n.SH SYNOPSIS\nletargo suspend [")
        .contains("\n.SH ARGUMENTS\n.TP\n\\fB")
        .contains("\n.TP\n\\fB\\-\\-token\\-file=FILE\\fR\nWhere the token is; else")
        .contains("\n.TP\n\\fB\\-h, \\-\\-help\\fR\n")
        .contains("\n.SH EXIT STATUS\n.TP\n\\fB0\\fR\n")
        .endsWith(".SH SEE ALSO\n\\fBletargo\\fR(1)\n");
  }

  @Test
  void hasCommandsBelowACommandOnItsPage() throws Exception {
    assertThat(ManPages.pages().get("letargo-token.1"))
        .contains("\nletargo token create ")
        .contains("\n.SS \"letargo token revoke\"\n");
  }

  @Test
  void hasNothingThatRoffTakesForARequest() throws Exception {
    for (Map.Entry<String, String> page : ManPages.pages().entrySet()) {
      assertThat(page.getValue().lines().filter(line -> line.startsWith(".") || line.isBlank()))
          .as(page.getKey())
          .allMatch(line -> line.matches("\\.(TH .*|SH [A-Z ]+|SS \".*\"|TP|PP|br)"));
      assertThat(page.getValue()).as(page.getKey()).doesNotContain("${").doesNotContain("@|");
    }
  }
}
