package org.letargo.manager.config;

import java.util.List;

/** Everything that is wrong with a configuration, a sentence each. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ConfigException(String file, List<String> errors) {
    super("the configuration " + file + " is refused: " + String.join(" ", errors));
  }
}
