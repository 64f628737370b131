package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.letargo.integration.harness.Chance;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.TestHost;
import org.letargo.integration.harness.Vps;

/** Somebody flushes the host's firewall, ours included; the next VPS that comes up mends it. */
class FlushedFirewallIT {
  @Test
  void bringsItsRulesBackWithTheNextVps() {
    try (TestHost host = TestHost.another();
        Instance instance = Instance.start(Instance.Options.DEFAULT.on(host))) {
      int port = Chance.port();
      instance
          .api()
          .run(
              "POST",
              "/v1/vps",
              Map.of("name", "web1", "template", "tiny", "publish", List.of(port + ":80")));
      Vps web = instance.vps("web1");
      web.start();
      expectAnswer(host, port, true);

      host.run("nft", "flush", "ruleset");
      expectAnswer(host, port, false);
      Vps other = instance.createAndStart("other", "tiny");
      host.run("nft", "flush", "ruleset");
      other.stop();
      other.start();
      expectAnswer(host, port, true);

      host.run("nft", "flush", "ruleset");
      other.suspend();
      other.resume();
      expectAnswer(host, port, true);

      host.run("nft", "flush", "ruleset");
      instance.hook().stop();
      instance.startHook("");
      expectAnswer(host, port, true);
    }
  }

  private static void expectAnswer(TestHost host, int port, boolean answers) {
    HostCommand.Result result =
        HostCommand.tried(
            host.command(List.of("curl", "-sS", "-m", "10", "http://127.0.0.1:" + port + "/")));
    assertThat(result.output().contains("Letargo")).as(result.toString()).isEqualTo(answers);
  }
}
