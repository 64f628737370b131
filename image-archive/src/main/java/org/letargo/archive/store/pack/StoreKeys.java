package org.letargo.archive.store.pack;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * How the chunks of a store are named, and the keys of an encrypted one. All keys are derived from
 * the store's key by HMAC-SHA-256 over a label of their own, so that no key serves two ends.
 */
final class StoreKeys {
  /** Length of the store's key in bytes. */
  static final int KEY_BYTES = 32;

  private static final String HMAC = "HmacSHA256";

  private final Optional<byte[]> key;

  private StoreKeys(Optional<byte[]> key) {
    this.key = key;
  }

  static StoreKeys none() {
    return new StoreKeys(Optional.empty());
  }

  /**
   * @param key {@value #KEY_BYTES} random bytes
   */
  static StoreKeys of(byte[] key) {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException("a key has " + KEY_BYTES + " bytes");
    }
    return new StoreKeys(Optional.of(key.clone()));
  }

  boolean encrypted() {
    return key.isPresent();
  }

  /** The way to name chunks, for one thread at a time. */
  ContentHash contentHash() {
    try {
      if (key.isEmpty()) {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        return new ContentHash(digest::update, digest::digest);
      }
      Mac mac = mac(derive("chunk ids", new byte[0]));
      return new ContentHash(mac::update, mac::doFinal);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** What encrypts the entries of one pack; empty in a plain store. */
  Optional<SecretKey> packKey(byte[] salt) {
    return key.map(present -> new SecretKeySpec(derive("pack", salt), "AES"));
  }

  /** Tells this key from others without telling the key; empty text in a plain store. */
  String proof() {
    return key.isEmpty() ? "" : HexFormat.of().formatHex(derive("proof", new byte[0]));
  }

  private byte[] derive(String label, byte[] salt) {
    try {
      Mac mac = mac(key.orElseThrow());
      mac.update(("letargo store " + label + "\0").getBytes(StandardCharsets.US_ASCII));
      return mac.doFinal(salt);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
    }
  }

  private static Mac mac(byte[] key) throws GeneralSecurityException {
    Mac mac = Mac.getInstance(HMAC);
    mac.init(new SecretKeySpec(key, HMAC));
    return mac;
  }
}
