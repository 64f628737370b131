package org.letargo.manager.operation;

import java.time.Duration;

/**
 * How long operations wait for a hook that does not answer.
 *
 * @param poll how often a running operation is asked for
 * @param absence how long the hook may be away before an operation gives up on it
 */
public record HookPatience(Duration poll, Duration absence) {
  /** Long enough for a hook that is restarted and tidies up first. */
  public static final HookPatience DEFAULT =
      new HookPatience(Duration.ofMillis(500), Duration.ofMinutes(2));
}
