package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine.Option;

/** Starts operations, waits for them and says how they ended; an option group of commands. */
final class Changes {
  @Option(
      names = "--no-wait",
      description = "Print the operation's id and do not wait for its end.")
  private boolean noWait;

  boolean noWait() {
    return noWait;
  }

  /**
   * Changes several VPSes at the same time. With one of them a failure is thrown; with more each is
   * told as it comes.
   *
   * @param done what is then true of each, such as {@code started}
   * @param request asks for the operation
   * @return the worst exit status
   */
  int each(LetargoCli cli, List<VpsName> names, String done, Function<VpsName, JsonNode> request)
      throws InterruptedException {
    if (names.size() == 1) {
      JsonNode ended = vps(cli, names.getFirst(), true, done, request);
      if (cli.output().isJson()) {
        cli.output().document(ended);
      }
      return ExitStatus.OK.number();
    }
    cli.api(); // a missing token is said once
    List<Future<JsonNode>> running = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (VpsName name : names) {
        running.add(threads.submit(() -> vps(cli, name, false, done, request)));
      }
      return collect(cli.output(), running);
    }
  }

  /** Waits for all, tells what has failed, and prints the rest as JSON; the worst exit status. */
  static int collect(Output output, List<Future<JsonNode>> running) throws InterruptedException {
    ExitStatus worst = ExitStatus.OK;
    ArrayNode ended = JsonNodeFactory.instance.arrayNode();
    for (Future<JsonNode> one : running) {
      try {
        ended.add(one.get());
      } catch (ExecutionException e) {
        CliFailure failure = CliFailure.ofAny(e.getCause());
        output.failure(failure);
        worst = worst.worse(failure.status());
      }
    }
    if (output.isJson()) {
      output.document(CliCommand.object().set("operations", ended));
    }
    return worst.number();
  }

  private JsonNode vps(
      LetargoCli cli, VpsName name, boolean alone, String done, Function<VpsName, JsonNode> request)
      throws InterruptedException {
    try {
      return one(cli, alone, done, () -> request.apply(name));
    } catch (CliFailure failure) {
      throw WrongState.refine(cli.api(), name, failure);
    }
  }

  /** Asks the manager for an operation. */
  interface Request {
    JsonNode send();
  }

  /** One change and its result; with JSON the caller prints what is returned. */
  JsonNode one(LetargoCli cli, boolean alone, String done, Request request)
      throws InterruptedException {
    return await(cli, alone, Optional.of(done), OperationView.of(request.send()));
  }

  /**
   * Waits for an operation, unless it is not to be waited for.
   *
   * @param done printed as {@code NAME: done}; nothing is printed when empty
   * @throws CliFailure if it ends otherwise than well
   */
  JsonNode await(LetargoCli cli, boolean alone, Optional<String> done, OperationView started)
      throws InterruptedException {
    Output output = cli.output();
    if (noWait) {
      if (!output.isJson()) {
        output.line(started.id());
      }
      return started.json();
    }
    OperationView ended = follow(cli, alone, started);
    if (!ended.hasSucceeded()) {
      throw ended.failure();
    }
    if (done.isPresent() && !output.isJson()) {
      output.line(ended.subject() + ": " + done.get());
    }
    return ended.json();
  }

  /** Waits for the end, whatever it is. */
  static OperationView follow(LetargoCli cli, boolean alone, OperationView started)
      throws InterruptedException {
    var follower = new OperationFollower(cli.api(), LetargoCli.PATIENCE);
    try (var _ = new PendingOperation(cli.output(), started.id());
        var display = ProgressDisplay.of(cli.output(), cli.environment().terminal(), alone)) {
      return follower.follow(started, display);
    }
  }
}
