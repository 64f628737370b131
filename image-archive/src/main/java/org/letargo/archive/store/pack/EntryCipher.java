package org.letargo.archive.store.pack;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * AES-256-GCM over the stored bytes of one entry, with its header authenticated. The nonce is the
 * entry's sequence in its pack; each pack has a key of its own, so a pair of key and nonce never
 * comes twice. For one thread at a time.
 */
final class EntryCipher {
  private static final int NONCE_BYTES = 12;

  private final Cipher cipher;

  EntryCipher() {
    try {
      cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM", e);
    }
  }

  /** Encrypts all of {@code plain} to {@code target}, the tag behind it. */
  void encrypt(
      SecretKey key, long sequence, ByteBuffer header, ByteBuffer plain, ByteBuffer target) {
    try {
      run(Cipher.ENCRYPT_MODE, key, sequence, header, plain, target);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM does not encrypt", e);
    }
  }

  /** Decrypts to {@code target}; false if anything of it was changed. */
  boolean decrypt(
      SecretKey key, long sequence, ByteBuffer header, ByteBuffer stored, ByteBuffer target) {
    try {
      run(Cipher.DECRYPT_MODE, key, sequence, header, stored, target);
      return true;
    } catch (AEADBadTagException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM does not decrypt", e);
    }
  }

  private void run(
      int mode, SecretKey key, long sequence, ByteBuffer header, ByteBuffer in, ByteBuffer out)
      throws GeneralSecurityException {
    byte[] nonce = new byte[NONCE_BYTES];
    ByteBuffer.wrap(nonce).putLong(NONCE_BYTES - Long.BYTES, sequence);
    cipher.init(mode, key, new GCMParameterSpec(EntryHeader.TAG_BYTES * 8, nonce));
    cipher.updateAAD(header);
    cipher.doFinal(in, out);
  }
}
