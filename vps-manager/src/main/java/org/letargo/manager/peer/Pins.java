package org.letargo.manager.peer;

import java.security.GeneralSecurityException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.letargo.hook.protocol.VpsException;

/**
 * Which authorities are believed, and for what. A chain is believed if its first certificate was
 * issued by one of them directly; there is nothing in between, no list of the host's, and no name
 * of a host that counts.
 */
final class Pins {
  /** One, and while it is replaced its successor. */
  static final int MAX_AUTHORITIES = 2;

  /** The end that has shown the chain. */
  enum End {
    SERVER(KeyPurposeId.id_kp_serverAuth),
    CLIENT(KeyPurposeId.id_kp_clientAuth);

    private final String purpose;

    End(KeyPurposeId purpose) {
      this.purpose = purpose.getId();
    }
  }

  private Pins() {}

  /** The authority that a chain leads to; empty if it is none of these. */
  static Optional<X509Certificate> issuerOf(
      List<X509Certificate> chain, List<X509Certificate> authorities, End end, Instant now) {
    if (chain.isEmpty() || !isLeaf(chain.getFirst(), end, now)) {
      return Optional.empty();
    }
    return authorities.stream()
        .filter(authority -> isValid(authority, now) && hasIssued(authority, chain.getFirst()))
        .findFirst();
  }

  private static boolean isLeaf(X509Certificate leaf, End end, Instant now) {
    try {
      List<String> purposes = leaf.getExtendedKeyUsage();
      return isValid(leaf, now)
          && leaf.getBasicConstraints() < 0
          && !leaf.hasUnsupportedCriticalExtension()
          && purposes != null
          && purposes.contains(end.purpose);
    } catch (CertificateParsingException e) {
      return false;
    }
  }

  private static boolean hasIssued(X509Certificate authority, X509Certificate leaf) {
    if (!leaf.getIssuerX500Principal().equals(authority.getSubjectX500Principal())
        || !leaf.getSigAlgName().equals(Authority.SIGNATURE)) {
      return false;
    }
    try {
      leaf.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static boolean isValid(X509Certificate certificate, Instant now) {
    return !now.isBefore(certificate.getNotBefore().toInstant())
        && !now.isAfter(certificate.getNotAfter().toInstant());
  }

  /**
   * Reads the authorities that a peer says it has.
   *
   * @throws VpsException INVALID_REQUEST if one of them is none
   */
  static List<X509Certificate> parse(List<String> texts, Instant now) {
    if (texts.isEmpty() || texts.size() > MAX_AUTHORITIES) {
      throw refused("there are " + texts.size() + " of them, it may be one or two");
    }
    List<X509Certificate> authorities = new ArrayList<>();
    for (String text : texts) {
      X509Certificate certificate;
      try {
        certificate = Pem.certificate(text);
      } catch (GeneralSecurityException e) {
        throw refused("one of them is no certificate");
      }
      if (!(certificate.getPublicKey() instanceof ECPublicKey)
          || certificate.getBasicConstraints() < 0
          || !hasIssued(certificate, certificate)) {
        throw refused("one of them is not the certificate of an authority");
      }
      if (!isValid(certificate, now)) {
        throw refused(
            "one of them holds from "
                + instant(certificate.getNotBefore())
                + " to "
                + instant(certificate.getNotAfter())
                + " and it is "
                + now);
      }
      authorities.add(certificate);
    }
    return List.copyOf(authorities);
  }

  private static Instant instant(Date date) {
    return date.toInstant();
  }

  private static VpsException refused(String why) {
    return VpsException.invalid(
        "a list of certificate authorities", why, "Let both hosts run the same Letargo.");
  }
}
