package org.letargo.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.letargo.hook.protocol.HookClient;
import org.letargo.hook.protocol.testing.HookContract;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.TempFolder;
import org.letargo.integration.harness.TemplateCache;

/**
 * The real hook keeps the contract that the fake one keeps in unit tests: what the manager's tests
 * rely on is true.
 */
class RealHookContractIT extends HookContract {
  private static Path templates;
  private static Instance instance;

  /** Its own templates: the shared ones are only read. */
  @BeforeAll
  static void start() throws IOException {
    templates = TempFolder.create("lt-templates-");
    instance =
        Instance.startWithoutManager(
            Instance.Options.DEFAULT.withTemplates(TemplateCache.copyOf("tiny", templates)));
  }

  @AfterAll
  static void stop() {
    if (instance != null) {
      instance.close();
    }
    TempFolder.delete(templates);
  }

  @Override
  protected HookClient client() {
    return instance.hookClient();
  }

  @Override
  protected int freePort() {
    try (ServerSocket any = new ServerSocket(0)) {
      return any.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected void afterTest() {
    instance.sweepVpses();
  }
}
