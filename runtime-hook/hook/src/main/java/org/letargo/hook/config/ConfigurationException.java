package org.letargo.hook.config;

import java.util.List;

/** The configuration cannot be used; the message lists every error. */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConfigurationException(List<String> errors) {
    super(
        "the configuration is refused: "
            + String.join("; ", errors)
            + ". Mend the file and start again.");
  }
}
