package org.letargo.hook.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.hook.protocol.ObstacleResource;
import org.letargo.hook.protocol.Severity;

/** Lines as CRIU 4.2.1 wrote them, most of them in runs of ExplainedFailuresIT. */
class LogCausesTest {
  /**
   * @param resource TYPE NAME DETAIL
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "Can't dump file 3 of that type [600] (anon anon_inode:[fscontext]) | kernel-object |"
            + " descriptor 3 (anon_inode:[fscontext])",
        "Can't dump file 3 of that type [600] (anon anon_inode:seccomp notify) | kernel-object |"
            + " descriptor 3 (anon_inode:seccomp notify)",
        "Can't dump file 9 of that type [600] (anon anon_inode:bpf-prog) | bpf-object |"
            + " descriptor 9 (anon_inode:bpf-prog)",
        "Unknown shit 600 (anon_inode:[io_uring]) | io-uring | -",
        "Can't dump file 5 of that type [20666] (chr 195:0) | device | descriptor 5 (chr 195:0)",
        "pidfd: PIDFD_THREAD flag is currently not supported | foreign-pidfd | -",
        "pidfd: pidfd pid 4711 is not a part of process tree.. | foreign-pidfd | -",
        "The packetized mode for pipes is not supported yet | packet-pipe | -",
        "zombie 26376 (comm obstacle) found while seizing | traced | -",
        "Unseizable non-zombie 4711 found, state S, err -1/4711 | traced | -",
        "inet: Unsupported proto 262 for socket 4f448f | socket-protocol | -",
        "sockets: BUG! Unknown socket collected (family 40) | socket-family | socket family 40",
        "inet: In-flight connection (l) for 4f5e86 | pending-connection | -",
        "inet: Can't dump corked dgram socket 4ffcb7 | corked-datagram | -",
        "netlink: The socket has data to read | netlink-data | -",
        "netlink: The netlink socket 0x4f9a16 has more than 32 groups | netlink-groups | -",
        "unix: Can't dump half of stream unix connection. name: (null); peer name: /run/x |"
            + " unix-peer-outside | -",
        "skqueue: Control messages in queue, not supported | queued-credentials | -",
        "mnt: FS mnt ./mnt dev 0x3f root / unsupported id 42 | unsupported-mount | mount /mnt",
        "mnt: ./srv is a fuse mount but not external | fuse-mount | mount /srv",
        "mnt: mqueue isn't empty | message-queue | -",
        "Can't lookup mount=42 for fd=3 path=/file | outside-file | descriptor 3 (/file)",
        "Open files on overmounted mounts are not supported yet; mount=42 fd=3 path=/mnt/file |"
            + " covered-file | descriptor 3 (/mnt/file)",
        "Can't link remap to /mnt/below: Invalid cross-device link | covered-file | file /mnt/below",
        "Can't dump nested uts namespace for 32514 | nested-uts-namespace | -",
        "Can't dump nested time_for_children namespace for 1776 | nested-time-namespace | -",
        "net: Unable to dump more than one netns if the --emptyns is set | nested-net-namespace |"
            + " -",
        "net: Unable to dump a socket from an external network namespace | nested-net-namespace |"
            + " -",
        "Zombies with threads are not supported | dead-first-thread | -",
        "A session leader of 4711(12) is outside of its pid namespace | session-outside | -",
        "tty: Only one slave external peer is allowed (index 3) | terminal-outside | -",
        "Timeout reached. Try to interrupt: 0 | cannot-freeze | -",
        "Failed to check aio rings (pid: 4711) | aio-in-flight | -",
        "fsnotify: \tCan't dump that handle | pathless-watch | -",
        "Can't dump ghost file /tmp/log of 99999999 size, increase limit | growing-deleted-file |"
            + " file /tmp/log",
        "File usr/sbin/nginx has bad size 5 (expect 6) | changed-file | file usr/sbin/nginx",
        "File usr/sbin/nginx has bad build-ID | changed-file | file usr/sbin/nginx",
        "inet: Can't bind inet socket (id 12): Cannot assign requested address | missing-address |"
            + " -",
        "inet: Can't connect inet socket back: Network is unreachable | missing-address | -",
        "mnt: No mapping for 120:./srv mountpoint | missing-mount | mount /srv",
        "cpu: FPU feature required by image is not supported on host | cpu-features | -",
      })
  void knowsWhatItMeans(String line, String code, String resource) {
    LogCauses.Cause cause = LogCauses.of(line).orElseThrow();

    assertThat(cause.kind().word()).isEqualTo(code);
    assertThat(cause.resource().map(ObstacleResource::toString).orElse("-")).isEqualTo(resource);
  }

  @ParameterizedTest
  @CsvSource({
    "Can't dump nested uts namespace for 32514, 32514",
    "zombie 26376 (comm obstacle) found while seizing, 26376",
    "A session leader of zombie process 4711(12) is outside of its pid namespace, 4711",
  })
  void knowsWhoseFaultItIs(String line, long hostPid) {
    assertThat(LogCauses.of(line).flatMap(LogCauses.Cause::hostPid)).contains(hostPid);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Dump files (pid: 4711) failed with -1",
        "Can't make utsns id",
        "netlink: 8 1",
        "Unable to open timens-13.img: Permission denied",
      })
  void saysNothingOfLinesThatTellNoCause(String line) {
    assertThat(LogCauses.of(line)).isEqualTo(Optional.empty());
  }

  /** What a preflight refuses the engine would say, too, and it is understood then. */
  @Test
  void knowsALineOfAllThatBlocks() {
    Set<ObstacleKind> withoutALine =
        EnumSet.of(
            ObstacleKind.SCOPED_CONNECTION, // it is saved, and cannot be resumed
            ObstacleKind.UNINTERRUPTIBLE, // CANNOT_FREEZE to the engine
            ObstacleKind.DISK_SPACE,
            ObstacleKind.STORE_READ_ONLY,
            ObstacleKind.ENGINE,
            ObstacleKind.RUNTIME,
            ObstacleKind.UNKNOWN);
    Set<ObstacleKind> blocking = EnumSet.complementOf(EnumSet.copyOf(withoutALine));
    blocking.removeIf(kind -> kind.severity() != Severity.BLOCKS);

    assertThat(LogCauses.kinds()).isEqualTo(blocking);
  }
}
