package org.letargo.manager.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.letargo.hook.protocol.Code;
import org.letargo.manager.cli.testing.FakeApi;
import org.letargo.manager.cli.testing.FakeError;

/** What a person reads, and the exit status, when it does not work. */
class MessagesTest {
  private final FakeApi api = new FakeApi();
  private final CliRun cli;

  MessagesTest(@TempDir Path folder) {
    cli = CliRun.on(api, folder);
  }

  @AfterEach
  void close() {
    api.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "list|--nonsense|20|letargo: cannot understand the command line: unknown option: '--nonsense'. See 'letargo list --help'.",
        "create|web1|20|letargo: cannot understand the command line: missing required option: '--template=T'. See 'letargo create --help'.",
        "start|Web/1|21|letargo: VPS name 'Web/1' is refused: a name has 1 to 32 lower-case letters, digits and hyphens, starts with a letter and does not end in a hyphen. Choose a name such as 'web1'.",
        "start|nobody|14|letargo: there is no VPS 'nobody': none of that name is on this host. List them with 'letargo list'.",
        "status|--token-file=/nowhere/at-all|20|letargo: cannot understand the command line: missing required parameter: 'NAME'. See 'letargo status --help'.",
        "list|--url=ftp://x|21|letargo: manager address 'ftp://x' is refused: it is not http:// or https:// with a host. Give one such as 'http://127.0.0.1:7070' with --url or LETARGO_URL.",
        "list|--url=http://127.0.0.1:1|201|letargo: cannot talk to the manager at http://127.0.0.1:1: nobody listens there. Check that it runs and that --url or LETARGO_URL has its address.",
      })
  void saysWhatWhyAndWhatToDo(String command, String argument, int status, String message) {
    assertThat(cli.run(command, argument)).isEqualTo(status);
    assertThat(cli.err()).isEqualTo(message + "\n");
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void wantsACommand() {
    assertThat(cli.run()).isEqualTo(20);
    assertThat(cli.err())
        .isEqualTo(
            "letargo: cannot understand the command line: a command is missing. See 'letargo --help'.\n");
  }

  @Test
  void refusesAMemorySizeByItsOwnSentence() {
    int status = cli.run("create", "web1", "--template", "tiny", "--memory", "lots");

    assertThat(status).isEqualTo(21);
    assertThat(cli.err())
        .isEqualTo(
            "letargo: size 'lots' is refused: a size is a number with one of K, M, G, T or nothing"
                + " behind it. Write it like '512M' or '2G'.\n");
  }

  @ParameterizedTest
  @EnumSource(Code.class)
  void hasAnExitStatusForEachCodeOfTheApi(Code code) {
    api.host().put("web1", "running");
    api.refuseNext("POST", "/v1/vps/web1/start", new FakeError(409, code.name(), "a", "b", "C."));

    int status = cli.run("start", "web1");

    assertThat(status)
        .isEqualTo(
            code == Code.WRONG_STATE
                ? ExitStatus.RUNNING.number()
                : ExitStatus.ofCode(code.name()).number());
    if (code != Code.INTERNAL && code != Code.INTERRUPTED) {
      assertThat(status).isNotEqualTo(ExitStatus.SYSTEM.number());
    }
  }

  @Test
  void tellsAMissingTemplateFromAMissingVps() {
    assertThat(cli.run("create", "web1", "--template", "nowhere")).isEqualTo(91);
    assertThat(cli.run("template", "build", "nowhere")).isEqualTo(91);
    assertThat(cli.run("start", "nobody")).isEqualTo(14);
  }

  @Test
  void livesWithACodeThatItDoesNotKnow() {
    api.refuseNext(
        "GET", "/v1/vps", new FakeError(418, "TEAPOT", "no coffee", "it is a pot", "Tea?"));

    assertThat(cli.run("list")).isEqualTo(3);
    assertThat(cli.err()).isEqualTo("letargo: no coffee: it is a pot. Tea?\n");
  }

  @Test
  void keepsStackTracesForThoseWhoAskForThem() {
    cli.run("list", "--url", "http://127.0.0.1:1");
    assertThat(cli.err()).doesNotContain("\tat ");

    cli.with("LETARGO_DEBUG", "1").run("list", "--url", "http://127.0.0.1:1");
    assertThat(cli.err()).contains("\tat ").contains("ConnectException");
  }

  @Test
  void printsErrorsOfTheCommandLineAsJsonToo() {
    assertThat(cli.run("list", "--json", "--nonsense")).isEqualTo(20);
    assertThat(cli.errJson().path("error").path("exitStatus").asInt()).isEqualTo(20);
  }

  @Test
  void isNotFooledByAnAnswerOfSomethingElse() {
    assertThat(cli.run("list", "--url", api.url() + "/console")).isEqualTo(14);
    assertThat(cli.err())
        .isEqualTo(
            "letargo: the request failed: the server answered with HTTP status 404 and no reason."
                + " Check that --url leads to a Letargo manager.\n");
  }
}
