package org.letargo.manager.web;

/** The cookie of browsers: set, clear. */
final class SessionRoute {
  /** Schema OpenSession. */
  record OpenBody(String token) {
    @Override
    public String toString() {
      return "OpenBody";
    }
  }

  private final Authentication authentication;

  SessionRoute(Authentication authentication) {
    this.authentication = authentication;
  }

  void addTo(Endpoints endpoints) {
    endpoints
        .add(
            "openSession",
            call -> {
              authentication.setCookie(call.routing(), call.body(OpenBody.class).token());
              call.noContent();
            })
        .add(
            "closeSession",
            call -> {
              authentication.clearCookie(call.routing());
              call.noContent();
            });
  }
}
