package org.letargo.manager.auth;

import java.util.List;
import org.letargo.manager.web.Call;
import org.letargo.manager.web.Endpoints;

/** Tokens: look, make, revoke. */
public final class TokenRoute {
  record TokenList(List<Token> tokens) {}

  /** Schema CreateToken. */
  record CreateBody(String name, String role) {}

  private final Tokens tokens;

  public TokenRoute(Tokens tokens) {
    this.tokens = tokens;
  }

  public void addTo(Endpoints endpoints) {
    endpoints
        .add("listTokens", call -> call.answer(200, new TokenList(tokens.list())))
        .add("createToken", this::create)
        .add("revokeToken", this::revoke);
  }

  private void create(Call call) {
    CreateBody body = call.body(CreateBody.class);
    TokenName name = new TokenName(body.name());
    Role role = Role.parse(body.role());
    call.blocking(() -> call.answer(201, tokens.create(name, role)));
  }

  private void revoke(Call call) {
    TokenName name = new TokenName(call.path("name"));
    call.blocking(() -> {
      tokens.revoke(name);
      call.noContent();
    });
  }
}
