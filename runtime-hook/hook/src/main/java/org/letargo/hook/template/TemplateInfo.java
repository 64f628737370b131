package org.letargo.hook.template;

import java.util.List;

/**
 * What is known of a template ({@code template.json}).
 *
 * @param description one line for people
 * @param stopSignal what asks its init to shut down, as kill(1) takes it
 * @param init the command line of PID 1
 * @param systemd whether that is systemd
 * @param digest hash over its files; empty before it is built
 * @param sizeBytes of its files; 0 before it is built
 */
public record TemplateInfo(
    String description,
    String stopSignal,
    List<String> init,
    boolean systemd,
    String digest,
    long sizeBytes) {
  public TemplateInfo {
    init = List.copyOf(init);
    digest = digest == null ? "" : digest;
  }

  TemplateInfo built(String newDigest, long newSizeBytes) {
    return new TemplateInfo(description, stopSignal, init, systemd, newDigest, newSizeBytes);
  }
}
