package org.letargo.hook.template;

import java.util.List;
import java.util.Optional;
import org.letargo.archive.disk.TemplateDigest;

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
   * @param digest as {@link TemplateDigest} makes it
   * @param sizeBytes of regular files
   * @param entries how many; empty: the digest is one of the form before, which did not see
   *     extended attributes and hard links
   * @param formerDigest of the form before, if it was made then: archives of that time name it
   */
  public record Contents(
      String digest, long sizeBytes, Optional<Long> entries, Optional<String> formerDigest) {
    static Contents of(TemplateDigest digest) {
      return new Contents(
          digest.text(), digest.sizeBytes(), Optional.of(digest.entries()), Optional.empty());
    }

    boolean isOfOldForm() {
      return entries.isEmpty();
    }

    /** The same files with a digest of today's form. */
    Contents renewed(TemplateDigest now) {
      return new Contents(
          now.text(), now.sizeBytes(), Optional.of(now.entries()), Optional.of(digest));
    }

    /** Whether this is what an archive or file calls by a digest. */
    boolean isCalled(String name) {
      return digest.equals(name) || formerDigest.equals(Optional.of(name));
    }
  }

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
