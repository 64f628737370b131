package org.letargo.manager.peer;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * All certificate authorities that a host has; answer of {@code POST /peer/v1/join} and body of
 * {@code PUT /peer/v1/authorities}.
 *
 * @param authorities as PEM
 */
record AuthorityList(List<String> authorities) {
  AuthorityList {
    authorities = List.copyOf(authorities);
  }

  static AuthorityList of(List<X509Certificate> certificates) {
    return new AuthorityList(certificates.stream().map(Pem::text).toList());
  }
}
