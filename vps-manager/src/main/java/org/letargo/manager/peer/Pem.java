package org.letargo.manager.peer;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/** Certificates and keys as text (RFC 7468). Reads nothing that is longer than any of ours. */
final class Pem {
  /** A certificate of a P-256 key has some 600 bytes. */
  static final int MAX_CHARS = 4 << 10;

  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PRIVATE_KEY = "PRIVATE KEY";

  private Pem() {}

  static String text(X509Certificate certificate) {
    try {
      return text(CERTIFICATE, certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read has bytes", e);
    }
  }

  static String text(PrivateKey key) {
    return text(PRIVATE_KEY, key.getEncoded());
  }

  private static String text(String type, byte[] bytes) {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(type, bytes));
    } catch (IOException e) {
      throw new IllegalStateException("a text can be written", e);
    }
    return text.toString();
  }

  /**
   * @throws GeneralSecurityException if it is none
   */
  static X509Certificate certificate(String text) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(bytes(text, CERTIFICATE)));
  }

  /** A key of an elliptic curve. */
  static PrivateKey key(String text) throws GeneralSecurityException {
    return KeyFactory.getInstance("EC")
        .generatePrivate(new PKCS8EncodedKeySpec(bytes(text, PRIVATE_KEY)));
  }

  /** The first block of that type. */
  private static byte[] bytes(String text, String type) throws GeneralSecurityException {
    if (text.length() > MAX_CHARS) {
      throw new GeneralSecurityException("it has " + text.length() + " characters");
    }
    try (PemReader reader = new PemReader(new StringReader(text))) {
      for (PemObject block = reader.readPemObject();
          block != null;
          block = reader.readPemObject()) {
        if (block.getType().equals(type)) {
          return block.getContent();
        }
      }
    } catch (IOException | RuntimeException e) {
      throw new GeneralSecurityException("it is not PEM", e);
    }
    throw new GeneralSecurityException("it has no block " + type);
  }
}
