/**
 * Who may do what: tokens with roles. {@link org.letargo.manager.auth.Tokens} knows them, by their
 * hashes only; the handler that asks it is in {@code web}.
 */
package org.letargo.manager.auth;
