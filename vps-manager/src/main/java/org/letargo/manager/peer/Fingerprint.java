package org.letargo.manager.peer;

import com.fasterxml.jackson.annotation.JsonValue;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;

/** The SHA-256 of a certificate, as 64 hexadecimal digits. */
public record Fingerprint(@JsonValue String value) {
  static Fingerprint of(X509Certificate certificate) {
    try {
      return new Fingerprint(
          HexFormat.of()
              .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded())));
    } catch (CertificateEncodingException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("a certificate that was read has bytes", e);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
