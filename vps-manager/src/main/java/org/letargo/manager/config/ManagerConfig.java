package org.letargo.manager.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the manager is told.
 *
 * @param instance the name of this Letargo on its host
 * @param stateDir where what must survive is kept
 * @param runDir where the hook's socket is
 * @param listenHost the address to listen on; loopback unless there is TLS
 * @param listenPort 0 to 65535, 0 chooses a free one
 * @param database the SQLite file
 * @param operationsKept how many ended operations are remembered
 * @param auditKept how many audit entries are remembered
 * @param peering whether, and where, it listens for other managers
 */
public record ManagerConfig(
    String instance,
    Path stateDir,
    Path runDir,
    String listenHost,
    int listenPort,
    Tls tls,
    Path database,
    LogFormat logFormat,
    int operationsKept,
    int auditKept,
    Peering peering) {

  /** The hook's socket. */
  public Path hookSocket() {
    return runDir.resolve("hook.sock");
  }

  /** Where the first token is written for the command line. */
  public Path adminTokenFile() {
    return stateDir.resolve("manager").resolve("admin.token"); // its own folder: it may write there
  }

  /** Where the keys of the certificate authority are. */
  public Path peerFolder() {
    return stateDir.resolve("manager").resolve("peers");
  }

  /** What holds, by key, as it is printed at start; no secret is in it. */
  public Map<String, String> asText() {
    Map<String, String> text = new LinkedHashMap<>();
    text.put("instance", instance);
    text.put("state-dir", stateDir.toString());
    text.put("run-dir", runDir.toString());
    text.put("manager.listen", listenHost + ":" + listenPort);
    switch (tls) {
      case Tls.Off _ -> text.put("manager.tls", "off");
      case Tls.Files(Path certificate, Path key) -> {
        text.put("manager.tls-certificate", certificate.toString());
        text.put("manager.tls-key", key.toString());
      }
    }
    text.put("manager.database", database.toString());
    text.put("manager.log-format", logFormat.name().toLowerCase(java.util.Locale.ROOT));
    text.put("manager.operations-kept", String.valueOf(operationsKept));
    text.put("manager.audit-kept", String.valueOf(auditKept));
    switch (peering) {
      case Peering.Off _ -> text.put("peers", "off");
      case Peering.On(String host, int port, Optional<PeerUrl> url) -> {
        text.put("peers.listen", host + ":" + port);
        url.ifPresent(known -> text.put("peers.url", known.value()));
      }
    }
    return text;
  }
}
