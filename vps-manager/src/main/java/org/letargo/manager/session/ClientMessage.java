package org.letargo.manager.session;

import java.util.Optional;
import org.letargo.hook.protocol.TerminalSize;
import org.letargo.hook.protocol.VpsException;

/** A text message of the client while a session lasts; exactly one property is there. */
record ClientMessage(Optional<TerminalSize> resize, Optional<Boolean> inputEnd) {
  ClientMessage {
    if (resize.isPresent() == inputEnd.isPresent()) {
      throw VpsException.invalid(
          "message", "it has not exactly one of 'resize' and 'inputEnd'", "See /openapi.yaml.");
    }
  }
}
