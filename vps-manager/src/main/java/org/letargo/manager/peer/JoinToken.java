package org.letargo.manager.peer;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.letargo.hook.protocol.VpsException;

/**
 * What an admin carries from one host to another so that the two become peers: the fingerprint of
 * the host's authority, which tells the other that it speaks with this host and nobody in between,
 * and a secret, which tells this host the same of the other.
 *
 * @param secret 43 characters, 256 random bits; reaches no log
 */
record JoinToken(Fingerprint authority, String secret) {
  private static final String VERSION = "letargo-join-1";
  private static final Pattern FORM =
      Pattern.compile(VERSION + "\\.([A-Za-z0-9_-]{43})\\.([A-Za-z0-9_-]{43})");
  private static final int SECRET_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  static JoinToken create(Fingerprint authority) {
    byte[] random = new byte[SECRET_BYTES];
    RANDOM.nextBytes(random);
    return new JoinToken(authority, Base64.getUrlEncoder().withoutPadding().encodeToString(random));
  }

  /**
   * @throws VpsException INVALID_REQUEST if it is none
   */
  static JoinToken parse(String text) {
    Matcher parts = FORM.matcher(text.strip());
    if (!parts.matches()) {
      throw VpsException.invalid(
          "the join token",
          "it is not what 'letargo peer token' prints",
          "Run 'letargo peer token' on the other host and copy all of its line.");
    }
    byte[] fingerprint = Base64.getUrlDecoder().decode(parts.group(1));
    return new JoinToken(new Fingerprint(HexFormat.of().formatHex(fingerprint)), parts.group(2));
  }

  /** All of it, on one line. */
  String text() {
    byte[] fingerprint = HexFormat.of().parseHex(authority.value());
    String encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(fingerprint);
    return VERSION + "." + encoded + "." + secret;
  }

  @Override
  public String toString() {
    return "JoinToken[" + authority + "]";
  }
}
