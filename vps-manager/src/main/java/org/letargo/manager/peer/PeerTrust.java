package org.letargo.manager.peer;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Believes the chains that a check of ours believes, whatever the JDK and the host think of them.
 * TLS itself sees to it that the other end has the key of what it shows.
 */
final class PeerTrust extends X509ExtendedTrustManager {
  private final Predicate<List<X509Certificate>> check;

  PeerTrust(Predicate<List<X509Certificate>> check) {
    this.check = check;
  }

  private void require(X509Certificate[] chain) throws CertificateException {
    if (!check.test(List.of(chain))) {
      throw new CertificateException("the certificate is of no authority that is expected");
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    require(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    require(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    require(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    require(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    require(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    require(chain);
  }

  /** None is named: who connects shows the one that it has. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
