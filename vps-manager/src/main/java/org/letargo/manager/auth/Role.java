package org.letargo.manager.auth;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.letargo.hook.protocol.VpsException;

/** What a token allows; each role may do all that those before it may. */
public enum Role {
  /** Looks, but neither into VPSes nor at their archives. */
  VIEWER,
  /** Changes VPSes, runs commands in them, carries them away. */
  OPERATOR,
  /** Makes tokens and templates, works on the store, reads the audit. */
  ADMIN;

  /** Whether this role may do what wants that one. */
  public boolean allows(Role wanted) {
    return compareTo(wanted) >= 0;
  }

  /** The word for it everywhere. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws VpsException INVALID_REQUEST if there is no such role
   */
  public static Role parse(String word) {
    for (Role role : values()) {
      if (role.word().equals(word)) {
        return role;
      }
    }
    throw VpsException.invalid(
        "role " + VpsException.quoted(word),
        "there is none of that name",
        "Give viewer, operator or admin.");
  }
}
