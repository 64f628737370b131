package org.letargo.hook.testing;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.letargo.archive.CheckpointDescription;
import org.letargo.archive.HostDescription;
import org.letargo.archive.VpsDescription;
import org.letargo.hook.config.HookConfiguration;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsLimits;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsSpec;
import org.letargo.hook.template.TemplateInfo;
import org.letargo.hook.vps.StoredVps;
import org.letargo.hook.vps.VpsFolder;

/** A host in a folder of its own, and one VPS on it. */
public final class Samples {
  public static final VpsName WEB1 = new VpsName("web1");
  public static final int HOST_ID_BASE = 1_900_019_712;

  /** Names what a test makes on the host, apart from every other run of the tests. */
  public static final String INSTANCE = "test-" + ProcessHandle.current().pid();

  private static final long NETWORK = ProcessHandle.current().pid() % 250;

  private Samples() {}

  /** All folders of the host lie in this one. */
  public static HookConfiguration configuration(Path folder) {
    return HookConfiguration.parse(
        """
        instance: %2$s
        state-dir: %1$s/state
        run-dir: %1$s/run
        hook:
          program-dir: %1$s/programs
          bridge: lt-%2$s
          subnet: 10.213.%3$d.0/24
          first-host-id: 1900019712
        """
            .formatted(folder, INSTANCE, NETWORK));
  }

  public static VpsSpec spec(VpsName name, PublishedPort... published) {
    return new VpsSpec(
        name,
        new TemplateName("tiny"),
        new VpsLimits(DataSize.ofMebibytes(256), 1500, 128),
        new Ipv4Address("10.213." + NETWORK + ".2"),
        "02:00:0a:d5:07:02",
        List.of(published));
  }

  public static StoredVps stored() {
    return new StoredVps(spec(WEB1), HOST_ID_BASE, "sha256:" + "0".repeat(64));
  }

  /** What the manifest of a checkpoint of the VPS says. */
  public static CheckpointDescription checkpoint(String id, StoredVps stored) {
    return new CheckpointDescription(
        id,
        "",
        Instant.parse("2026-01-31T23:59:59Z"),
        new VpsDescription(
            stored.spec().name().value(),
            stored.spec().template().value(),
            stored.templateDigest(),
            stored.spec().limits().memory().bytes(),
            stored.spec().limits().milliCpus(),
            stored.spec().limits().pids(),
            stored.spec().address().value(),
            stored.spec().mac(),
            stored.spec().name().value(),
            List.of()),
        new HostDescription("host", "6.1.0", "x86_64", List.of(), "criu", "4.2.1", "runc 1.1.5"),
        0,
        0);
  }

  public static VpsFolder folder(Path folder) {
    return VpsFolder.of(configuration(folder), WEB1);
  }

  public static TemplateInfo template() {
    return new TemplateInfo(
        "for tests", "SIGUSR2", List.of("/sbin/init", "--quiet"), false, Optional.empty());
  }
}
