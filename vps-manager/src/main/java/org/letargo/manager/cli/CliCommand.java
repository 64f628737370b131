package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What each command has at hand. */
abstract class CliCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  /**
   * Does it.
   *
   * @return the exit status
   */
  abstract int run() throws IOException, InterruptedException;

  @Override
  public final Integer call() throws IOException, InterruptedException {
    return run();
  }

  LetargoCli cli() {
    return (LetargoCli) spec.root().userObject();
  }

  CommandSpec spec() {
    return spec;
  }

  Output output() {
    return cli().output();
  }

  ApiClient api() {
    return cli().api();
  }

  Environment environment() {
    return cli().environment();
  }

  static String path(VpsName name) {
    return "/v1/vps/" + name;
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
