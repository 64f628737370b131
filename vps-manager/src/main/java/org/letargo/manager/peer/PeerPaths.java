package org.letargo.manager.peer;

/** What a manager answers its peers. */
final class PeerPaths {
  /** POST: become a peer, with a token. */
  static final String JOIN = "/peer/v1/join";

  /** GET: what the host is like. */
  static final String FACTS = "/peer/v1/facts";

  /** POST: whether a VPS could come; nothing is reserved. */
  static final String ADMISSION = "/peer/v1/admission";

  /** PUT: the authorities that the peer has from now on. */
  static final String AUTHORITIES = "/peer/v1/authorities";

  /** POST: bytes that are thrown away, to see how fast they come. */
  static final String PROBE = "/peer/v1/probe";

  /**
   * POST, and behind it the name of a VPS: the answer of a hook comes while the body still goes.
   */
  static final String VPS = "/peer/v1/vps/";

  /** All of a migration; behind it its id, and what is wanted: see {@link MigrationDesk}. */
  static final String MIGRATIONS = "/peer/v1/migrations/";

  private PeerPaths() {}
}
