package org.letargo.manager.operation;

import java.util.Optional;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsName;

/** What an operation changes. */
public sealed interface Subject {
  /** A VPS, there already or being made. */
  record OfVps(VpsName name) implements Subject {}

  /** A template. */
  record OfTemplate(TemplateName name) implements Subject {}

  /** The store as a whole. */
  record OfStore() implements Subject {}

  /** A VPS whose name only its archive knows. */
  record Unnamed() implements Subject {}

  default Optional<VpsName> vps() {
    return switch (this) {
      case OfVps(VpsName name) -> Optional.of(name);
      case OfTemplate _, OfStore _, Unnamed _ -> Optional.empty();
    };
  }

  default Optional<TemplateName> template() {
    return switch (this) {
      case OfTemplate(TemplateName name) -> Optional.of(name);
      case OfVps _, OfStore _, Unnamed _ -> Optional.empty();
    };
  }
}
