package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.StringJoiner;
import org.letargo.hook.protocol.DataSize;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code letargo peer}: other hosts. Without a word it lists. */
@Command(
    name = "peer",
    description = "Makes other hosts peers of this one, and shows them.",
    footer = {"", "Example: letargo peer add host2 https://host2:7071 --token letargo-join-1..."},
    subcommands = {
      PeerCommand.Token.class,
      PeerCommand.Add.class,
      PeerCommand.List.class,
      PeerCommand.Show.class,
      PeerCommand.Probe.class,
      PeerCommand.Remove.class,
      PeerCommand.Rotate.class
    })
final class PeerCommand extends CliCommand {
  private static final String PEERS = "/v1/peers";
  private static final int MICROS_PER_MILLI = 1000;

  @Override
  int run() {
    return list(this);
  }

  private static int list(CliCommand command) {
    JsonNode answer = command.api().get(PEERS);
    if (command.output().isJson()) {
      command.output().document(answer);
      return ExitStatus.OK.number();
    }
    var table =
        new Table(
            "NAME",
            "URL",
            "STATE",
            "VERSION",
            "KERNEL",
            "ENGINE",
            "FREE MEMORY",
            "FREE DISK",
            "LATENCY",
            "BANDWIDTH");
    for (JsonNode peer : answer.path("peers")) {
      JsonNode facts = peer.path("facts");
      table.row(
          peer.path("name").asText(),
          peer.path("url").asText(),
          state(peer),
          facts.path("version").asText("-"),
          facts.path("kernel").asText("-"),
          facts.path("engineVersion").asText("-"),
          ListCommand.size(facts.path("memoryAvailableBytes")),
          ListCommand.size(facts.path("diskAvailableBytes")),
          latency(peer),
          bandwidth(peer));
    }
    table.print(command.output());
    for (JsonNode peer : answer.path("peers")) {
      if (peer.path("error").isObject()) {
        String name = Table.printable(peer.path("name").asText());
        command
            .output()
            .notice(name + ": " + Table.printable(peer.path("error").path("message").asText()));
      }
    }
    return ExitStatus.OK.number();
  }

  private static String state(JsonNode peer) {
    if (!peer.path("reachable").asBoolean()) {
      return peer.path("error").path("code").asText().equals("PEER_REFUSED") ? "refuses" : "away";
    }
    return peer.path("knowsOurs").asBoolean() ? "up" : "up, not told";
  }

  private static String latency(JsonNode peer) {
    JsonNode micros = peer.path("latencyMicros");
    return micros.isIntegralNumber()
        ? String.format(java.util.Locale.ROOT, "%.1f ms", micros.asDouble() / MICROS_PER_MILLI)
        : "-";
  }

  private static String bandwidth(JsonNode peer) {
    JsonNode bytes = peer.path("bytesPerSecond");
    return bytes.isIntegralNumber() ? ListCommand.size(bytes) + "/s" : "-";
  }

  private static String path(String name) {
    return PEERS + "/" + ManagerUrl.encoded(name);
  }

  @Command(
      name = "token",
      description = "Prints a join token for one other host, good once and for 15 minutes.",
      footer = {"", "Example: letargo peer token"})
  static final class Token extends CliCommand {
    @Override
    int run() {
      JsonNode made = api().post("/v1/peer-tokens", Optional.empty());
      if (output().isJson()) {
        output().document(made);
        return ExitStatus.OK.number();
      }
      output()
          .notice(
              "Run 'letargo peer add NAME "
                  + made.path("url").asText("https://THIS-HOST:PORT")
                  + " --token TOKEN' on the other host, until "
                  + Times.shown(made.path("expiresAt").asText())
                  + ", with this token:");
      output().line(made.path("token").asText());
      return ExitStatus.OK.number();
    }
  }

  @Command(
      name = "add",
      description = "Becomes a peer of another host, and the other way round.",
      footer = {"", "Example: letargo peer add host2 https://host2:7071 --token -"})
  static final class Add extends CliCommand {
    private static final int MAX_TOKEN_BYTES = 1024;

    @Parameters(index = "0", paramLabel = "NAME", description = "What this host calls it.")
    private String name;

    @Parameters(index = "1", paramLabel = "URL", description = "Where it listens for peers.")
    private String url;

    @Option(
        names = "--token",
        required = true,
        paramLabel = "T",
        description =
            "What 'letargo peer token' has printed there; - reads it from standard input.")
    private String token;

    @Option(
        names = "--as",
        paramLabel = "NAME",
        description = "What it shall call this host; else the first part of the host name.")
    private Optional<String> as = Optional.empty();

    @Override
    int run() throws IOException {
      String text = token;
      if (token.equals("-")) {
        byte[] input = environment().in().readNBytes(MAX_TOKEN_BYTES);
        text = new String(input, StandardCharsets.UTF_8).strip();
      }
      ObjectNode body = object().put("name", name).put("url", url).put("token", text);
      as.ifPresent(given -> body.put("as", given));
      JsonNode peer = api().post(PEERS, Optional.of(body));
      if (output().isJson()) {
        output().document(peer);
      } else {
        output().line(name + ": added");
      }
      return ExitStatus.OK.number();
    }
  }

  @Command(
      name = "list",
      description = "Lists the peers, each as it answers now.",
      footer = {"", "Example: letargo peer list"})
  static final class List extends CliCommand {
    @Override
    int run() {
      return list(this);
    }
  }

  @Command(
      name = "show",
      description = "Shows all that is known of a peer.",
      footer = {"", "Example: letargo peer show host2"})
  static final class Show extends CliCommand {
    @Parameters(paramLabel = "NAME", description = "The peer.")
    private String name;

    @Override
    int run() {
      for (JsonNode peer : api().get(PEERS).path("peers")) {
        if (peer.path("name").asText().equals(name)) {
          if (output().isJson()) {
            output().document(peer);
          } else {
            PropertyLines.print(output(), peer);
          }
          return ExitStatus.OK.number();
        }
      }
      throw new CliFailure(
          ExitStatus.NOT_FOUND,
          "NOT_FOUND",
          "there is no peer '" + name + "'",
          "none of that name was added, or it was removed",
          "List them with 'letargo peer list'.");
    }
  }

  @Command(
      name = "probe",
      description = "Sends a peer bytes that it throws away, and shows how fast they went.",
      footer = {"", "Example: letargo peer probe host2"})
  static final class Probe extends CliCommand {
    @Parameters(paramLabel = "NAME", description = "The peer.")
    private String name;

    @Option(
        names = "--size",
        paramLabel = "SIZE",
        defaultValue = "64M",
        description = "How much; ${DEFAULT-VALUE} unless given.")
    private DataSize size;

    @Override
    int run() {
      JsonNode peer =
          api()
              .post(
                  PeerCommand.path(name) + "/probe",
                  Optional.of(object().put("bytes", size.bytes())));
      if (output().isJson()) {
        output().document(peer);
      } else {
        output().line(name + ": " + bandwidth(peer) + ", " + latency(peer));
      }
      return ExitStatus.OK.number();
    }
  }

  @Command(
      name = "remove",
      description = "Believes a peer no longer, at once.",
      footer = {"", "Example: letargo peer remove host2"})
  static final class Remove extends CliCommand {
    @Parameters(paramLabel = "NAME", description = "The peer.")
    private String name;

    @Override
    int run() {
      api().delete(PeerCommand.path(name));
      if (output().isJson()) {
        output().document(object().put("removed", name));
      } else {
        output().line(name + ": removed");
      }
      return ExitStatus.OK.number();
    }
  }

  @Command(
      name = "rotate",
      description = "Replaces the certificate authority of this host.",
      footer = {"", "Example: letargo peer rotate"})
  static final class Rotate extends CliCommand {
    @Override
    int run() {
      JsonNode rotation = api().post("/v1/peer-authority/rotate", Optional.empty());
      if (output().isJson()) {
        output().document(rotation);
        return ExitStatus.OK.number();
      }
      if (rotation.path("finished").asBoolean()) {
        output().line("the certificate authority was replaced");
        return ExitStatus.OK.number();
      }
      var names = new StringJoiner(", ");
      rotation.path("waitsFor").forEach(name -> names.add(Table.printable(name.asText())));
      output()
          .line(
              "the next certificate authority is used when these have heard of it, or were"
                  + " removed: "
                  + names);
      return ExitStatus.OK.number();
    }
  }
}
