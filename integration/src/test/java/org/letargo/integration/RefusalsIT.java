package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.letargo.integration.harness.Failure;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Instance;

/**
 * What is refused, by the API and by the command line: with the right status, and a sentence that
 * says what, why, and what to do.
 */
class RefusalsIT {
  @RegisterExtension static final Fixture letargo = Fixture.instance().sharingVpses();

  private static final String LONG_NAME = "x".repeat(300);
  private static final Path EXPORTED = Path.of(System.getProperty("java.io.tmpdir"), "runner.lt");
  private static ServerSocket program;
  private static String holderAddress;
  private static int holderPort;
  private static String viewer;

  /** A VPS that runs, one that is stopped and has an address and a port, a program with a port. */
  @BeforeAll
  static void prepare() throws IOException {
    Instance instance = letargo.get();
    instance.createAndStart("runner", "tiny");
    try (ServerSocket free = new ServerSocket(0)) {
      holderPort = free.getLocalPort();
    }
    instance
        .api()
        .run(
            "POST",
            "/v1/vps",
            Map.of("name", "holder", "template", "tiny", "publish", List.of(holderPort + ":80")));
    holderAddress = instance.vps("holder").address();
    program = new ServerSocket(0);
    viewer = token("watcher", "viewer");
  }

  @AfterAll
  static void closeProgram() throws IOException {
    if (program != null) {
      program.close();
    }
  }

  private static String token(String name, String role) {
    var answer = letargo.get().api().send("POST", "/v1/tokens", Map.of("name", name, "role", role));
    assertThat(answer.statusCode()).isEqualTo(201);
    return org.letargo.integration.harness.Api.parse(answer).path("token").asText();
  }

  /**
   * A line of the table.
   *
   * @param status of the HTTP answer; 0: of the operation, which was accepted
   * @param message all of it, or what it must contain where values of this run are in it
   * @param exit of the command line
   */
  private record Refusal(
      String what,
      String method,
      String path,
      Map<String, ?> body,
      int status,
      String code,
      String message,
      int exit,
      List<String> command) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Refusal> refusals() {
    return Stream.of(
        new Refusal(
            "resume of a running VPS",
            "POST",
            "/v1/vps/runner/resume",
            Map.of(),
            409,
            "WRONG_STATE",
            "cannot resume VPS 'runner': it is running. There is nothing to do.",
            32,
            List.of("resume", "runner")),
        new Refusal(
            "suspend of a stopped VPS",
            "POST",
            "/v1/vps/holder/suspend",
            Map.of(),
            409,
            "WRONG_STATE",
            "cannot suspend VPS 'holder': it is stopped. Start it first.",
            31,
            List.of("suspend", "holder")),
        new Refusal(
            "export of a running VPS",
            "GET",
            "/v1/vps/runner/archive",
            Map.of(),
            409,
            "WRONG_STATE",
            "cannot export VPS 'runner': it is running. Suspend it or stop it first, or export one of"
                + " its checkpoints.",
            32,
            List.of("export", "runner", EXPORTED.toString())),
        new Refusal(
            "unknown VPS",
            "POST",
            "/v1/vps/nobody/start",
            Map.of(),
            404,
            "NOT_FOUND",
            "there is no VPS 'nobody': none of that name is on this host. List them with 'letargo"
                + " list'.",
            14,
            List.of("start", "nobody")),
        create(
            "name that is taken",
            Map.of("name", "runner", "template", "tiny"),
            409,
            "NAME_TAKEN",
            "cannot make VPS 'runner': there is one of that name. Choose another name, or"
                + " destroy that one first.",
            44),
        create(
            "name with a slash",
            Map.of("name", "a/b", "template", "tiny"),
            400,
            "INVALID_REQUEST",
            "name 'a/b'",
            21),
        create(
            "name of 300 characters",
            Map.of("name", LONG_NAME, "template", "tiny"),
            400,
            "INVALID_REQUEST",
            "xxx",
            21),
        create(
            "unknown template",
            Map.of("name", "new", "template", "plan9"),
            404,
            "NOT_FOUND",
            "there is no template 'plan9': none of that name is on this host. List them with"
                + " 'letargo template list'.",
            91),
        create(
            "address in use",
            Map.of("name", "new", "template", "tiny", "address", "HOLDER"),
            409,
            "ADDRESS_IN_USE",
            "cannot create VPS 'new': VPS 'holder' has the address ",
            78),
        create(
            "address outside the subnet",
            Map.of("name", "new", "template", "tiny", "address", "192.0.2.7"),
            0,
            "INVALID_REQUEST",
            "address '192.0.2.7' is refused: the VPSes of this host are in ",
            21),
        create(
            "port of another VPS",
            Map.of("name", "new", "template", "tiny", "publish", List.of("HOLDER:80")),
            409,
            "PORT_IN_USE",
            "cannot create VPS 'new': VPS 'holder' has the port ",
            206),
        create(
            "port of a program",
            Map.of("name", "new", "template", "tiny", "publish", List.of("PROGRAM:80")),
            0,
            "PORT_IN_USE",
            " of the host: a program of the host has it. Choose another one.",
            206));
  }

  private static Refusal create(
      String what, Map<String, ?> body, int status, String code, String message, int exit) {
    Stream<String> options =
        Stream.of(
                option("--template", body.get("template")),
                option("--ip", body.get("address")),
                option("--publish", body.get("publish") instanceof List<?> l ? l.getFirst() : null))
            .flatMap(List::stream);
    List<String> command =
        Stream.concat(Stream.of("create", String.valueOf(body.get("name"))), options).toList();
    return new Refusal(what, "POST", "/v1/vps", body, status, code, message, exit, command);
  }

  private static List<String> option(String name, Object value) {
    return value == null ? List.of() : List.of(name, value.toString());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusals")
  void refusesByTheApi(Refusal refusal) {
    Failure failure =
        letargo.get().api().fails(refusal.method(), refusal.path(), filled(refusal.body()));

    assertThat(failure.message()).contains(refusal.message());
    assertThat(failure.code()).isEqualTo(refusal.code());
    assertThat(failure.status()).isEqualTo(refusal.status());
    expectASentence(failure);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusals")
  void refusesByTheCommandLine(Refusal refusal) {
    String[] command = refusal.command().stream().map(RefusalsIT::filled).toArray(String[]::new);

    HostCommand.Result result = letargo.get().cli().run(command);

    assertThat(result.errors().lines().toList().getLast()) // lines of progress may be above
        .startsWith("letargo: ")
        .contains(refusal.message());
    assertThat(EXPORTED).doesNotExist();
    assertThat(result.status()).as(result.errors()).isEqualTo(refusal.exit());
    assertThat(result.output()).isEmpty();
  }

  /** What, why and what to do, and nothing of how it is made. */
  private static void expectASentence(Failure failure) {
    assertThat(List.of(failure.what(), failure.why(), failure.remedy())).noneMatch(String::isBlank);
    assertThat(failure.message())
        .isEqualTo(failure.what() + ": " + failure.why() + ". " + failure.remedy())
        .doesNotContain("Exception", "org.letargo", "null");
  }

  private static Map<String, ?> filled(Map<String, ?> body) {
    java.util.Map<String, Object> filled = new java.util.HashMap<>(body);
    filled.replaceAll((key, value) ->
        value instanceof List<?> list
            ? list.stream().map(each -> filled(each.toString())).toList()
            : key.equals("address") ? filled(value.toString()) : value);
    return filled;
  }

  private static String filled(String text) {
    return text.equals("HOLDER")
        ? holderAddress
        : text.replace("HOLDER:", holderPort + ":")
            .replace("PROGRAM:", program.getLocalPort() + ":");
  }

  @Test
  void refusesAnUnknownKeyInARequest() {
    Failure failure =
        letargo
            .get()
            .api()
            .refused("POST", "/v1/vps", Map.of("name", "new", "template", "tiny", "colour", "red"));

    assertThat(failure.status()).isEqualTo(400);
    assertThat(failure.code()).isEqualTo("INVALID_REQUEST");
    assertThat(failure.message()).contains("colour");
    expectASentence(failure);
  }

  @Test
  void refusesToChangeForAViewer() {
    Failure failure =
        letargo.get().api().withToken(viewer).refused("POST", "/v1/vps/runner/stop", Map.of());
    HostCommand.Result result = letargo.get().cli().withToken(viewer).run("stop", "runner");

    assertThat(failure.status()).isEqualTo(403);
    assertThat(failure.code()).isEqualTo("FORBIDDEN");
    expectASentence(failure);
    assertThat(result.errors()).isEqualTo("letargo: " + failure.message() + "\n");
    assertThat(result.status()).isEqualTo(12);
    assertThat(letargo.get().vps("runner").state()).isEqualTo("running");
  }

  @Test
  void givesArchivesConsolesAndCommandsToNoViewer() {
    var api = letargo.get().api().withToken(viewer);

    for (String path : List.of("archive", "exec", "console")) {
      assertThat(api.refused("GET", "/v1/vps/holder/" + path, Map.of()).status())
          .as(path)
          .isEqualTo(403);
    }
  }

  @Test
  void letsOnlyAnAdminMakeTokens() {
    String operator = token("hand", "operator");

    Failure failure =
        letargo
            .get()
            .api()
            .withToken(operator)
            .refused("POST", "/v1/tokens", Map.of("name", "more", "role", "admin"));

    assertThat(failure.status()).isEqualTo(403);
    assertThat(failure.code()).isEqualTo("FORBIDDEN");
    expectASentence(failure);
  }

  @Test
  void refusesWhoeverHasNoTokenOrABadOne() {
    for (String token : List.of("", "letargo_" + "0".repeat(43), "x y", viewer + "x")) {
      Failure failure = letargo.get().api().withToken(token).refused("GET", "/v1/vps", Map.of());

      assertThat(failure.status()).as("'%s'", token).isEqualTo(401);
      assertThat(failure.code()).isEqualTo("UNAUTHENTICATED");
      expectASentence(failure);
    }
    HostCommand.Result bad = letargo.get().cli().withToken(viewer + "x").run("list");
    assertThat(bad.status()).as(bad.errors()).isEqualTo(12);
    assertThat(bad.errors()).startsWith("letargo: ");
  }

  @Test
  void refusesAnUnknownKeyInTheHooksConfiguration() throws IOException {
    String yaml = configuration().replace("hook:", "hook:\n  bridgge: br0");

    HostCommand.Result result = letargo.get().refusedHook(yaml);

    assertThat(result.status()).as(result.errors()).isEqualTo(2);
    assertThat(result.errors()).contains("letargo-hook: ").contains("'hook.bridgge'");
  }

  @Test
  void refusesAnUnknownKeyInTheManagersConfiguration() throws IOException {
    String yaml = configuration().replace("manager:", "manager:\n  lissten: 127.0.0.1:1");

    HostCommand.Result result = letargo.get().refusedManager(yaml);

    assertThat(result.status()).as(result.errors()).isEqualTo(2);
    assertThat(result.errors()).contains("letargo-manager: ").contains("'lissten'");
  }

  @Test
  void refusesAnUnknownSectionInBoth() throws IOException {
    String yaml = configuration() + "colours:\n  red: 1\n";

    HostCommand.Result hook = letargo.get().refusedHook(yaml);
    HostCommand.Result manager = letargo.get().refusedManager(yaml);

    assertThat(hook.status()).as(hook.errors()).isEqualTo(2);
    assertThat(hook.errors()).contains("'colours'");
    assertThat(manager.status()).as(manager.errors()).isEqualTo(2);
    assertThat(manager.errors()).contains("'colours'");
  }

  private static String configuration() throws IOException {
    return Files.readString(letargo.get().configuration(), StandardCharsets.UTF_8);
  }
}
