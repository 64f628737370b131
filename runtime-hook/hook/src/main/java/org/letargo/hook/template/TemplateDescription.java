package org.letargo.hook.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Json;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsException;

/**
 * What a template file says of itself, as JSON in its first entry. Whoever reads it trusts nothing:
 * the digest is made anew, and the rest is checked here.
 *
 * @param formatVersion 1
 * @param name where it comes from
 * @param digest as {@link org.letargo.archive.disk.TemplateDigest} makes it
 * @param description one line for people
 * @param stopSignal what asks its init to shut down, as kill(1) takes it
 * @param init the command line of PID 1
 * @param systemd whether that is systemd
 */
record TemplateDescription(
    int formatVersion,
    TemplateName name,
    String digest,
    String description,
    String stopSignal,
    List<String> init,
    boolean systemd) {
  private static final int VERSION = 1;
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
  private static final Pattern LINE = Pattern.compile("[^\\p{Cntrl}\\p{Cf}]{1,200}");
  private static final Pattern SIGNAL = Pattern.compile("SIG[A-Z0-9]{2,10}([+-][0-9]{1,2})?");
  private static final Pattern WORD = Pattern.compile("[^\\p{Cntrl}]{1,1000}");
  private static final int MAX_WORDS = 32;

  TemplateDescription {
    require(DIGEST, digest, "digest");
    require(LINE, description, "description");
    require(SIGNAL, stopSignal, "stopSignal");
    init = List.copyOf(init);
    if (init.isEmpty() || init.size() > MAX_WORDS || !init.getFirst().startsWith("/")) {
      throw refused("its init is no command line");
    }
    init.forEach(word -> require(WORD, word, "init"));
  }

  private static void require(Pattern pattern, String value, String field) {
    if (!pattern.matcher(value).matches()) {
      throw refused("its " + field + " is " + VpsException.quoted(value));
    }
  }

  static TemplateDescription of(TemplateName name, TemplateInfo info) {
    return new TemplateDescription(
        VERSION,
        name,
        info.digest(),
        info.description(),
        info.stopSignal(),
        info.init(),
        info.systemd());
  }

  byte[] toJson() throws IOException {
    return Json.MAPPER.writeValueAsBytes(this);
  }

  /**
   * @throws VpsException ARCHIVE_REFUSED
   */
  static TemplateDescription parse(byte[] json) {
    try {
      JsonNode tree = Json.MAPPER.readTree(json);
      int version = tree.path("formatVersion").asInt(0);
      if (version != VERSION) {
        throw refused("its format is version " + version + ", and this Letargo reads 1");
      }
      return Json.MAPPER.treeToValue(tree, TemplateDescription.class);
    } catch (IOException e) {
      if (e.getCause() instanceof VpsException known) {
        throw known;
      }
      throw refused("its description is not as it must be");
    }
  }

  TemplateInfo info() {
    return new TemplateInfo(description, stopSignal, init, systemd, Optional.empty());
  }

  private static VpsException refused(String why) {
    return new VpsException(
        Code.ARCHIVE_REFUSED,
        "the file of the template is refused",
        why,
        "Export it again on the host that it comes from.");
  }
}
