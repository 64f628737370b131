package org.letargo.hook.template;

import java.util.List;
import java.util.Optional;

/**
 * What is known of a template ({@code template.json}).
 *
 * @param description one line for people
 * @param stopSignal what asks its init to shut down, as kill(1) takes it
 * @param init the command line of PID 1
 * @param systemd whether that is systemd
 * @param contents empty before it is built
 */
public record TemplateInfo(
    String description,
    String stopSignal,
    List<String> init,
    boolean systemd,
    Optional<Contents> contents) {
  public TemplateInfo {
    init = List.copyOf(init);
  }

  /**
   * Its files.
   *
   * @param digest {@code sha256:} and 64 hexadecimal digits over all of them
   * @param sizeBytes of regular files
   */
  public record Contents(String digest, long sizeBytes) {}

  /**
   * The digest of one that is built.
   *
   * @throws java.util.NoSuchElementException if it is not
   */
  public String digest() {
    return contents.orElseThrow().digest();
  }

  TemplateInfo with(Contents built) {
    return new TemplateInfo(description, stopSignal, init, systemd, Optional.of(built));
  }
}
