package org.letargo.manager.peer;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Shows, at either end of a connection, what the identity has at that moment, so that nothing is
 * restarted when that is renewed. Any thread.
 */
final class PeerKeys extends X509ExtendedKeyManager {
  private static final String EC = "EC";

  /** A handshake asks for alias, chain and key one after the other; renewals are days apart. */
  private static final int REMEMBERED = 4;

  private final Supplier<Authority.Leaf> identity;
  private final Map<String, Authority.Leaf> byAlias =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Authority.Leaf> eldest) {
          return size() > REMEMBERED;
        }
      };

  PeerKeys(Supplier<Authority.Leaf> identity) {
    this.identity = identity;
  }

  private synchronized String current() {
    Authority.Leaf leaf = identity.get();
    String alias = leaf.chain().getFirst().getSerialNumber().toString(16);
    byAlias.put(alias, leaf);
    return alias;
  }

  private synchronized Authority.Leaf leaf(String alias) {
    return byAlias.get(alias);
  }

  @Override
  public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
    return type.equals(EC) ? current() : null;
  }

  @Override
  public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
    return Arrays.asList(types).contains(EC) ? current() : null;
  }

  @Override
  public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
    return type.equals(EC) ? current() : null;
  }

  @Override
  public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
    return Arrays.asList(types).contains(EC) ? current() : null;
  }

  @Override
  public String[] getServerAliases(String type, Principal[] issuers) {
    return type.equals(EC) ? new String[] {current()} : null;
  }

  @Override
  public String[] getClientAliases(String type, Principal[] issuers) {
    return getServerAliases(type, issuers);
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    Authority.Leaf leaf = leaf(alias);
    return leaf == null ? null : leaf.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    Authority.Leaf leaf = leaf(alias);
    return leaf == null ? null : leaf.key();
  }
}
