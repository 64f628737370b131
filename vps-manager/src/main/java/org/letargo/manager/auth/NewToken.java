package org.letargo.manager.auth;

/**
 * A token that was just made.
 *
 * @param token its text, 64 hexadecimal digits; kept nowhere, must reach no log
 */
public record NewToken(TokenName name, Role role, String token) {
  @Override
  public String toString() {
    return "NewToken[" + name + ", " + role + "]";
  }
}
