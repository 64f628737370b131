package org.letargo.hook.protocol;

/**
 * What a frame carries.
 *
 * <pre>
 * client                                     hook
 *   REQUEST      JSON  ------------------->        once, first
 *   INPUT        bytes ------------------->        any number, only where the request has an input
 *   INPUT_END          ------------------->        at most once, after the last INPUT
 *   RESIZE       JSON  ------------------->        any number
 *                      <------------------- PROGRESS     JSON   any number
 *                      <------------------- OUTPUT       bytes  any number
 *                      <------------------- ERROR_OUTPUT bytes  any number
 *                      <------------------- EVENT        JSON   any number
 *                      <------------------- RESULT or FAILURE, JSON: once, last
 * </pre>
 */
enum FrameKind {
  REQUEST(1),
  INPUT(2),
  INPUT_END(3),
  RESIZE(4),
  PROGRESS(16),
  OUTPUT(17),
  ERROR_OUTPUT(18),
  EVENT(19),
  RESULT(20),
  FAILURE(21);

  private final int wire;

  FrameKind(int wire) {
    this.wire = wire;
  }

  int wire() {
    return wire;
  }

  /** The kind with this number, or null. */
  static FrameKind of(int wire) {
    for (FrameKind kind : values()) {
      if (kind.wire == wire) {
        return kind;
      }
    }
    return null;
  }
}
