package org.letargo.manager.auth;

import java.time.Instant;

/** A token as it is known: everything but its text. */
public record Token(TokenName name, Role role, Instant createdAt) {}
