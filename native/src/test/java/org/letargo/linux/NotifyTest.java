package org.letargo.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.letargo.linux.Libc.LIBC;

import com.sun.jna.NativeLong;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class NotifyTest {
  @TempDir Path folder;

  @Test
  void tellsASupervisorAtAPath() {
    Path path = folder.resolve("notify");
    try (var supervisor = new SeqpacketListener(path, Libc.SOCK_DGRAM)) {
      var notify = Notify.to(path.toString());

      notify.ready();
      notify.status("two VPSes\nrunning");
      notify.stopping();

      assertThat(supervisor.receive()).asString(UTF_8).isEqualTo("READY=1");
      assertThat(supervisor.receive()).asString(UTF_8).isEqualTo("STATUS=two VPSes running");
      assertThat(supervisor.receive()).asString(UTF_8).isEqualTo("STOPPING=1");
    }
  }

  @Test
  void tellsASupervisorAtAnAbstractName() {
    String name = "letargo-notify-test-" + ProcessHandle.current().pid();
    int fd = LIBC.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
    try (UnixAddress address = UnixAddress.ofAbstract(name)) {
      LIBC.bind(fd, address.bytes(), address.length());

      Notify.to("@" + name).ready();

      byte[] buffer = new byte[100];
      int length = LIBC.recv(fd, buffer, new NativeLong(100), 0).intValue();
      assertThat(Arrays.copyOf(buffer, length)).asString(UTF_8).isEqualTo("READY=1");
    } finally {
      LIBC.close(fd);
    }
  }

  @Test
  void saysNothingWithoutASupervisor() {
    assertThatCode(() -> Notify.to("").ready()).doesNotThrowAnyException();
    assertThatThrownBy(() -> Notify.to(folder.resolve("gone").toString()).ready())
        .isInstanceOf(NativeException.class);
  }
}
