package org.letargo.integration;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.letargo.hook.protocol.HookClient;
import org.letargo.hook.protocol.testing.MoveContract;
import org.letargo.integration.harness.Instance;

/** The timelines of the real hook are what the fake one promises in unit tests. */
class RealMoveContractIT extends MoveContract {
  private static Instance instance;

  @BeforeAll
  static void start() {
    instance = Instance.startWithoutManager(Instance.Options.DEFAULT);
  }

  @AfterAll
  static void stop() {
    if (instance != null) {
      instance.close();
    }
  }

  @Override
  protected HookClient client() {
    return instance.hookClient();
  }

  @Override
  protected void afterTest() {
    instance.sweepVpses();
  }
}
