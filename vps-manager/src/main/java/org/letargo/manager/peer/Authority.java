package org.letargo.manager.peer;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The certificate authority of one installation: a P-256 key, and the certificate that it has
 * signed for itself. It signs what this installation shows to its peers and nothing else.
 */
record Authority(PrivateKey key, X509Certificate certificate) {
  /** How long an authority holds. */
  static final Duration LIFE = Duration.ofDays(3650);

  /** How long what it issues holds. */
  static final Duration LEAF_LIFE = Duration.ofDays(30);

  /** The only algorithm that is signed with, and believed. */
  static final String SIGNATURE = "SHA256withECDSA";

  /** Clocks of hosts are not the same. */
  private static final Duration CLOCK_SKEW = Duration.ofHours(1);

  private static final int SERIAL_BITS = 127;
  private static final int NAME_BYTES = 8;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A certificate with its key, and the chain that leads from it to its authority. */
  record Leaf(PrivateKey key, List<X509Certificate> chain) {
    Instant endsAt() {
      return chain.getFirst().getNotAfter().toInstant();
    }

    @Override
    public String toString() {
      return "Leaf[" + chain.getFirst().getSubjectX500Principal() + "]";
    }
  }

  /** A new one. Its name is random, so that no two are ever taken for each other. */
  static Authority create(Instant now) {
    try {
      KeyPair keys = newKeys();
      byte[] random = new byte[NAME_BYTES];
      RANDOM.nextBytes(random);
      X500Name name = name("Letargo authority " + HexFormat.of().formatHex(random));
      var builder = builder(name, name, keys.getPublic(), now, now.plus(LIFE));
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
      return new Authority(keys.getPrivate(), sign(builder, keys.getPrivate()));
    } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
      throw new IllegalStateException("the JDK makes P-256 keys and signs with them", e);
    }
  }

  /** A certificate for both ends of a connection, with a new key. */
  Leaf issue(Instant now) {
    try {
      KeyPair keys = newKeys();
      X500Name issuer = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
      Instant end = earlier(now.plus(LEAF_LIFE), certificate.getNotAfter().toInstant());
      var builder = builder(issuer, name("Letargo manager"), keys.getPublic(), now, end);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(
              new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
      return new Leaf(keys.getPrivate(), List.of(sign(builder, key), certificate));
    } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
      throw new IllegalStateException("the JDK makes P-256 keys and signs with them", e);
    }
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private static KeyPair newKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
    return generator.generateKeyPair();
  }

  private static X500Name name(String commonName) {
    return new X500NameBuilder().addRDN(BCStyle.CN, commonName).build();
  }

  private static X509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, PublicKey key, Instant now, Instant end) {
    BigInteger serial = new BigInteger(SERIAL_BITS, RANDOM).add(BigInteger.ONE);
    return new JcaX509v3CertificateBuilder(
        issuer, serial, Date.from(now.minus(CLOCK_SKEW)), Date.from(end), subject, key);
  }

  private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(key)));
  }

  /** Key and certificate, one after the other. */
  String toPem() {
    return Pem.text(key) + Pem.text(certificate);
  }

  /**
   * @throws GeneralSecurityException if it is not what {@link #toPem} writes
   */
  static Authority parse(String pem) throws GeneralSecurityException {
    return new Authority(Pem.key(pem), Pem.certificate(pem));
  }

  @Override
  public String toString() {
    return "Authority[" + Fingerprint.of(certificate) + "]";
  }
}
