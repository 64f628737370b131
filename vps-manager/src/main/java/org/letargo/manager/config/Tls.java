package org.letargo.manager.config;

import java.nio.file.Path;

/** Whether the manager speaks TLS. */
public sealed interface Tls {
  /** Plain HTTP, on a loopback address only. */
  record Off() implements Tls {}

  /** With a certificate chain and its private key, both PEM files. */
  record Files(Path certificate, Path key) implements Tls {}
}
