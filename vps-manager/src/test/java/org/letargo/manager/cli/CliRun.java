package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.letargo.manager.cli.testing.FakeApi;

/** Runs command lines in the tests' own process and keeps what they say. */
final class CliRun {
  private final Map<String, String> variables = new HashMap<>();
  private final Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private OutputStream outTo = out;
  private InputStream in = InputStream.nullInputStream();
  private FakeTerminal terminal = new FakeTerminal(false);

  /**
   * @param folder holds {@code home} and {@code state}
   */
  CliRun(Path folder) {
    this.folder = folder;
  }

  /** Towards this API, with the right token. */
  static CliRun on(FakeApi api, Path folder) {
    return new CliRun(folder).with("LETARGO_URL", api.url()).with("LETARGO_TOKEN", FakeApi.TOKEN);
  }

  CliRun with(String variable, String value) {
    variables.put(variable, value);
    return this;
  }

  CliRun without(String variable) {
    variables.remove(variable);
    return this;
  }

  CliRun input(String text) {
    return input(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  CliRun input(InputStream stream) {
    in = stream;
    return this;
  }

  CliRun outputTo(OutputStream stream) {
    outTo = stream;
    return this;
  }

  CliRun on(FakeTerminal given) {
    terminal = given;
    return this;
  }

  /** Returns the exit status. */
  int run(String... arguments) {
    out.reset();
    err.reset();
    var environment =
        new Environment(
            Map.copyOf(variables),
            folder.resolve("home"),
            folder.resolve("state"),
            in,
            outTo,
            err,
            terminal,
            Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC));
    return LetargoCli.run(environment, arguments);
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  byte[] outBytes() {
    return out.toByteArray();
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  JsonNode outJson() {
    return Output.parse(out());
  }

  JsonNode errJson() {
    return Output.parse(err());
  }
}
