package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.TestHost;
import org.letargo.integration.harness.Vps;

/**
 * A VPS leaves its host as a file and goes on at another one, where nothing is known of it: other
 * state folder, bridge, user ids and inodes.
 */
class PortableIT {
  private static final Duration LONGEST_NOTICE = Duration.ofSeconds(10);

  @RegisterExtension static final Fixture letargo = Fixture.instance();

  @Test
  void carriesAWholeDebianToAnotherHostInOneFile(@TempDir Path folder) throws Exception {
    Vps web = letargo.get().createAndStart("web1", "debian-12");
    web.awaitSystemd();
    prepare(web);
    String machine = web.sh("cat /etc/machine-id; hostname");
    Path archive = folder.resolve("web1.letargo");

    web.suspend();
    web.exportTo(archive);
    web.destroy();

    assertThat(web.folder()).doesNotExist();
    try (TestHost host = TestHost.another();
        Instance other = Instance.start(otherHost(host))) {
      other.api().importFrom(archive);
      Vps moved = other.vps("web1");
      assertThat(moved.state()).isEqualTo("suspended");
      moved.resume();

      assertThat(moved.sh("systemctl is-system-running")).isEqualTo("running");
      assertThat(moved.sh("cat /etc/machine-id; hostname")).isEqualTo(machine);
      assertThat(other.host().run("curl", "-sS", "-m", "10", "http://" + moved.address() + "/"))
          .contains("It runs");
      expectPrepared(moved);
      expectWatchesWork(moved);

      moved.suspend(); // and on from there
      moved.resume();
      expectPrepared(moved);
      moved.destroy();

      arrivesUnderAnotherName(other, archive);
    }
  }

  private static Instance.Options otherHost(TestHost host) {
    return Instance.Options.DEFAULT.on(host).withSubnet(letargo.get().subnet());
  }

  private static void prepare(Vps web) {
    web.sh("redis-cli set song 'la la la' && redis-cli rpush list a b c");
    assertThat(web.sh(web.installPayload("files") + " make /root/files")).isEqualTo("OK");
    // what came with the template: removed, replaced by another kind, changed, renamed
    web.sh("rm -r /usr/share/doc/adduser && rm /etc/issue && rm -r /etc/cron.daily");
    web.sh("mkdir /etc/cron.daily && echo mine >/etc/cron.daily/mine && echo new >>/etc/issue.net");
    web.sh("mv /etc/nginx/snippets /etc/nginx/moved && rm /etc/debian_version");
    web.sh("mkdir /etc/debian_version");
    // files that are open and gone
    web.daemon(
        "deleted",
        "sh -c 'exec 7<>/root/deleted; rm /root/deleted; echo secret >&7; exec sleep 9999'");
    // those who wait for files: inotify by itself, systemd's path unit
    web.sh("mkdir /root/watched /root/trigger");
    web.daemon("watch", web.installPayload("watch") + " /root/watched");
    web.install(
        "/etc/systemd/system/trigger.path",
        "[Path]\nPathModified=/root/trigger\n".getBytes(),
        "644");
    web.install(
        "/etc/systemd/system/trigger.service",
        "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'ls /root/trigger >/root/triggered'\n"
            .getBytes(),
        "644");
    web.sh("systemctl daemon-reload && systemctl start trigger.path");
    expectWatchesWork(web);
    web.sh("rm -r /root/triggered /root/trigger/*");
    Awaitility.await("the path unit to see that")
        .atMost(LONGEST_NOTICE)
        .until(() -> web.sh("systemctl is-active trigger.service || true").equals("inactive"));
  }

  private static void expectPrepared(Vps vps) {
    assertThat(vps.sh("redis-cli get song")).isEqualTo("la la la");
    assertThat(vps.sh("redis-cli lrange list 0 -1")).isEqualTo("a\nb\nc");
    assertThat(vps.sh("files check /root/files")).isEqualTo("OK");
    for (String gone :
        List.of("/usr/share/doc/adduser", "/etc/issue", "/etc/nginx/snippets", "/root/deleted")) {
      assertThat(vps.exec("test", "-e", gone).status()).as(gone).isEqualTo(1);
    }
    assertThat(vps.sh("ls /etc/cron.daily")).isEqualTo("mine");
    assertThat(vps.sh("tail -n 1 /etc/issue.net")).isEqualTo("new");
    assertThat(vps.sh("ls /etc/nginx/moved")).contains("fastcgi-php.conf");
    assertThat(vps.sh("stat -c %F /etc/debian_version")).isEqualTo("directory");
    assertThat(vps.sh("cat /proc/$(pgrep -x -f 'sleep 9999')/fd/7")).isEqualTo("secret");
  }

  private static void expectWatchesWork(Vps vps) {
    String name = "file-" + System.nanoTime();
    vps.sh("echo x >/root/watched/%1$s; echo x >/root/trigger/%1$s".formatted(name));
    Awaitility.await("inotify's word of " + name)
        .atMost(LONGEST_NOTICE)
        .until(() -> vps.sh("cat /run/watch.log").endsWith("saw " + name));
    Awaitility.await("systemd's word of " + name)
        .atMost(LONGEST_NOTICE)
        .until(() -> vps.exec("grep", "-q", name, "/root/triggered").status() == 0);
  }

  private static void arrivesUnderAnotherName(Instance other, Path archive) {
    other.api().importFrom(archive, "copy");
    Vps copy = other.vps("copy");
    copy.resume();

    assertThat(copy.sh("systemctl is-system-running")).isEqualTo("running");
    expectPrepared(copy);
    assertThat(Files.exists(other.vps("web1").folder())).isFalse();
  }
}
