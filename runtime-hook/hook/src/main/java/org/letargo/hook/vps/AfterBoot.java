package org.letargo.hook.vps;

/**
 * What a VPS did when its host went down, and is to do again when the host is back ({@code
 * after-boot.json}). Written before it is suspended or stopped for that, removed when it does.
 */
public record AfterBoot(Was was) {
  /** A paused one was frozen by somebody, who finds it so again. */
  public enum Was {
    RUNNING,
    PAUSED
  }
}
