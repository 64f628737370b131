package org.letargo.hook.protocol;

import java.util.regex.Pattern;

/**
 * The other host of a migration, as the manager knows it.
 *
 * @param name what people call it
 * @param key tells apart two hosts that had the same name one after the other: nobody but the host
 *     that a VPS was handed to may say what became of it
 */
public record MigrationPeer(String name, String key) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,63}");
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9:.+-]{1,64}");

  /**
   * @throws VpsException INVALID_REQUEST if one of them has another form
   */
  public MigrationPeer {
    if (!NAME.matcher(name).matches() || !KEY.matcher(key).matches()) {
      throw VpsException.invalid(
          "host " + VpsException.quoted(name), "no host is called so", "Name a peer.");
    }
  }
}
