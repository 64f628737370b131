package org.letargo.hook.config;

/** What becomes of the VPSes that run when the host goes down; either way they run again after. */
public enum WhenHostStops {
  /** Suspended, and resumed when the host is back; stopped where that fails. */
  SUSPEND,
  /** Stopped, and started when the host is back. */
  STOP
}
