/**
 * Other installations of Letargo. {@link org.letargo.manager.peer.PeerService} is what this host
 * does with them. Each installation is its own certificate authority ({@link
 * org.letargo.manager.peer.Identity}); two become peers by a join token ({@link
 * org.letargo.manager.peer.JoinToken}) that an admin carries from one to the other, and from then
 * on each believes what the authority of the other has issued, and only as that peer ({@link
 * org.letargo.manager.peer.Pins}). They speak HTTP/2 over TLS 1.3, on a port of its own ({@link
 * org.letargo.manager.peer.PeerServer}, {@link org.letargo.manager.peer.PeerClient}).
 */
package org.letargo.manager.peer;
