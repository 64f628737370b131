package org.letargo.manager.web;

import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.auth.Role;
import org.letargo.manager.auth.Token;
import org.letargo.manager.auth.Tokens;

/**
 * Finds out whose request it is and whether it may be: by the header {@code Authorization: Bearer},
 * or by the cookie, which browsers send by themselves and which is therefore believed only where no
 * other site can have made the request.
 */
final class Authentication {
  private static final String COOKIE = "letargo_token";
  private static final String BEARER = "Bearer ";

  private final Tokens tokens;
  private final boolean tls;

  Authentication(Tokens tokens, boolean tls) {
    this.tokens = tokens;
    this.tls = tls;
  }

  /**
   * Whose request it is; empty if the operation wants no token.
   *
   * @throws VpsException UNAUTHENTICATED, FORBIDDEN
   */
  Optional<Token> check(RoutingContext ctx, Contract.Operation operation) {
    HttpServerRequest request = ctx.request();
    if (operation.role().isEmpty()) {
      if (operation.isUnsafe()) {
        refuseForeignOrigin(request);
      }
      return Optional.empty();
    }
    Optional<String> header = bearer(request);
    if (header.isEmpty()
        && (operation.isUnsafe() || operation.body() == Contract.Body.WEB_SOCKET)) {
      refuseForeignOrigin(request);
    }
    Token token =
        header.or(() -> cookie(request)).flatMap(tokens::authenticate).orElseThrow(this::unknown);
    Role wanted = operation.role().get();
    if (!token.role().allows(wanted)) {
      throw new VpsException(
          Code.FORBIDDEN,
          operation.id() + " is not allowed",
          "token '"
              + token.name()
              + "' has the role "
              + token.role().word()
              + ", it wants "
              + wanted.word(),
          "Use another token, or let an admin make one.");
    }
    return Optional.of(token);
  }

  /** Whether the request carries a token that allows this; for what is also open to others. */
  boolean allows(HttpServerRequest request, Role wanted) {
    return bearer(request)
        .or(() -> cookie(request))
        .flatMap(tokens::authenticate)
        .filter(token -> token.role().allows(wanted))
        .isPresent();
  }

  /**
   * Lets the browser send the token by itself from now on.
   *
   * @throws VpsException UNAUTHENTICATED if it is not known
   */
  void setCookie(RoutingContext ctx, String text) {
    tokens.authenticate(text).orElseThrow(this::unknown);
    ctx.response().addCookie(cookieOf(text));
  }

  void clearCookie(RoutingContext ctx) {
    ctx.response().addCookie(cookieOf("").setMaxAge(0));
  }

  private Cookie cookieOf(String text) {
    return Cookie.cookie(COOKIE, text)
        .setHttpOnly(true)
        .setSecure(tls)
        .setSameSite(CookieSameSite.STRICT)
        .setPath("/");
  }

  private static Optional<String> bearer(HttpServerRequest request) {
    return Optional.ofNullable(request.getHeader("Authorization"))
        .filter(header -> header.regionMatches(true, 0, BEARER, 0, BEARER.length()))
        .map(header -> header.substring(BEARER.length()).strip());
  }

  private static Optional<String> cookie(HttpServerRequest request) {
    return Optional.ofNullable(request.getCookie(COOKIE)).map(Cookie::getValue);
  }

  private void refuseForeignOrigin(HttpServerRequest request) {
    String origin = request.getHeader("Origin");
    if (origin == null || isOwn(origin, request)) {
      return;
    }
    throw new VpsException(
        Code.FORBIDDEN,
        "a request of another site is refused",
        "its origin is " + VpsException.quoted(origin) + ", not this server",
        "Use the console of this server, or send the token in the header Authorization.");
  }

  private boolean isOwn(String origin, HttpServerRequest request) {
    try {
      URI uri = new URI(origin);
      String scheme = tls ? "https" : "http";
      String host = request.getHeader("Host");
      return scheme.equals(uri.getScheme()) && host != null && host.equals(uri.getRawAuthority());
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private VpsException unknown() {
    return new VpsException(
        Code.UNAUTHENTICATED,
        "the request is not authenticated",
        "it has no token, or one that is not known",
        "Send 'Authorization: Bearer TOKEN'; root finds the first token in admin.token.");
  }
}
