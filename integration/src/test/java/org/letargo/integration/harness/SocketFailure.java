package org.letargo.integration.harness;

/** A WebSocket of the API ended with an error, or without the message that must be its last. */
public final class SocketFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SocketFailure(String message) {
    super(message);
  }
}
