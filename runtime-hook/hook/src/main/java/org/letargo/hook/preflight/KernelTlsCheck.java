package org.letargo.hook.preflight;

import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.linux.BorrowedSocket;
import org.letargo.linux.NativeException;

/** TCP connections that the kernel encrypts; asked only if the kernel says that there are any. */
final class KernelTlsCheck implements Check {
  private static final int MOST = 10_000;

  @Override
  public void search(Scene scene, Findings findings) {
    if (!scene.sockets().encrypts()) {
      return;
    }
    scene
        .openSockets()
        .filter(held -> isConnection(scene, held.descriptor()))
        .limit(MOST)
        .filter(KernelTlsCheck::isEncrypted)
        .forEach(held ->
            findings.add(held.process().obstacle(ObstacleKind.KERNEL_TLS, held.descriptor())));
  }

  private static boolean isConnection(Scene scene, Descriptor descriptor) {
    return scene
        .sockets()
        .find(descriptor.socketInode())
        .filter(socket -> socket.isTcp() && socket.state() == NetSocket.ESTABLISHED)
        .isPresent();
  }

  private static boolean isEncrypted(Scene.Held held) {
    try (var socket = BorrowedSocket.of(held.process().hostPid(), held.descriptor().number())) {
      return socket.hasKernelTls();
    } catch (NativeException e) {
      return false; // closed meanwhile
    }
  }
}
