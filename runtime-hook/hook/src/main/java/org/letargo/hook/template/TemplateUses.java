package org.letargo.hook.template;

import java.util.HashMap;
import java.util.Map;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsException;

/**
 * Who works with which template: one that is worked with is not removed, and with one that is being
 * removed nobody begins to work.
 */
final class TemplateUses {
  /** How often each is worked with; guarded by this. */
  private final Map<TemplateName, Integer> uses = new HashMap<>();

  /**
   * Begins to work with one.
   *
   * @param check that it is there; throws otherwise
   */
  synchronized TemplateUse begin(TemplateName name, Runnable check) {
    check.run();
    uses.merge(name, 1, Integer::sum);
    return new TemplateUse(() -> end(name));
  }

  private synchronized void end(TemplateName name) {
    uses.computeIfPresent(name, (_, count) -> count == 1 ? null : count - 1);
  }

  /**
   * Removes one, while nobody can begin to work with it.
   *
   * @throws VpsException BUSY if somebody does already
   */
  synchronized void ifUnused(TemplateName name, Runnable removal) {
    if (uses.containsKey(name)) {
      throw new VpsException(
          Code.BUSY,
          "cannot remove template '" + name + "'",
          "another operation works with it",
          "Try again when that has ended; 'letargo ops' lists them.");
    }
    removal.run();
  }
}
