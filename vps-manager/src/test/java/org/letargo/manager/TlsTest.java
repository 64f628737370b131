package org.letargo.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.testing.FakeHook;
import org.letargo.manager.config.LogFormat;
import org.letargo.manager.config.ManagerConfig;
import org.letargo.manager.config.Peering;
import org.letargo.manager.config.Tls;

/** HTTPS with a certificate and a key in PEM files. */
class TlsTest {
  private static final String PASSWORD = "changeit";

  @TempDir Path dir;

  @Test
  void speaksTlsAndSetsASecureCookie() throws Exception {
    KeyStore keys = selfSigned();
    Path certificate = pem("cert.pem", "CERTIFICATE", keys.getCertificate("manager").getEncoded());
    Path key =
        pem("key.pem", "PRIVATE KEY", keys.getKey("manager", PASSWORD.toCharArray()).getEncoded());
    ManagerConfig config =
        new ManagerConfig(
            "test",
            dir,
            dir,
            "0.0.0.0",
            0,
            new Tls.Files(certificate, key),
            dir.resolve("manager.db"),
            LogFormat.TEXT,
            10,
            10,
            new Peering.Off());
    try (FakeHook hook = FakeHook.start(dir.resolve("hook.sock"));
        Manager manager = Manager.start(config, Rig.PATIENCE);
        HttpClient http = HttpClient.newBuilder().sslContext(trusting(keys)).build()) {
      assertThat(hook.openRequests()).isPositive();
      String token = Files.readString(config.adminTokenFile()).strip();
      URI session = URI.create("https://localhost:" + manager.port() + "/v1/session");

      HttpResponse<Void> opened =
          http.send(
              HttpRequest.newBuilder(session)
                  .header("Content-Type", "application/json")
                  .header("Origin", "https://localhost:" + manager.port())
                  .POST(BodyPublishers.ofString("{\"token\":\"" + token + "\"}"))
                  .build(),
              BodyHandlers.discarding());

      assertThat(opened.statusCode()).isEqualTo(204);
      assertThat(opened.headers().firstValue("Set-Cookie").orElseThrow()).contains("Secure");
    }
  }

  private KeyStore selfSigned() throws IOException, GeneralSecurityException, InterruptedException {
    Path file = dir.resolve("keys.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    Process process =
        new ProcessBuilder(
                keytool,
                "-genkeypair",
                "-alias",
                "manager",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                file.toString())
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  private Path pem(String file, String type, byte[] der) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return Files.writeString(
        dir.resolve(file),
        "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
  }

  private static SSLContext trusting(KeyStore keys) throws GeneralSecurityException {
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(keys);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
