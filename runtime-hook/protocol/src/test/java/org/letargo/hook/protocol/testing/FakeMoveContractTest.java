package org.letargo.hook.protocol.testing;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.HookClient;

class FakeMoveContractTest extends MoveContract {
  @TempDir Path dir;
  private FakeHook hook;

  @BeforeEach
  void start() throws IOException {
    hook = FakeHook.start(dir.resolve("hook.sock"));
  }

  @Override
  protected void afterTest() throws IOException {
    hook.close();
  }

  @Override
  protected HookClient client() {
    return hook.client();
  }
}
