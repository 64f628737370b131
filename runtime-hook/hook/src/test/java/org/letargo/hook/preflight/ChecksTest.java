package org.letargo.hook.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.letargo.hook.preflight.Scenes.descriptor;
import static org.letargo.hook.preflight.Scenes.device;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.hook.protocol.ObstacleKind;

/** Each check on scenes made by hand; integration's PreflightIT has the real ones. */
class ChecksTest {
  private final Scenes scene = new Scenes();

  @Test
  void listsEveryCheckThatThereIs() {
    assertThat(Check.ALL.stream().map(Object::getClass).toList())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.<Class<?>>asList(Check.class.getPermittedSubclasses()));
  }

  @ParameterizedTest
  @CsvSource({
    "anon_inode:[io_uring], io-uring",
    "anon_inode:[perf_event], kernel-object",
    "anon_inode:kvm-vm, kernel-object",
    "anon_inode:[userfaultfd], kernel-object",
    "anon_inode:[landlock-ruleset], kernel-object",
    "anon_inode:sync_file, kernel-object",
    "/dmabuf:1, kernel-object",
    "anon_inode:bpf-prog, bpf-object",
    "anon_inode:bpf_link, bpf-object",
    "anon_inode:btf, bpf-object",
  })
  void refusesObjectsOfTheKernel(String target, String code) {
    assertThat(scene.with(descriptor(5, target)).found(new KernelObjectCheck()))
        .singleElement()
        .asString()
        .startsWith(code + ": process 7 (program), descriptor 5 (" + target + "): ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "anon_inode:[eventfd]",
        "anon_inode:[eventpoll]",
        "anon_inode:inotify",
        "anon_inode:[signalfd]",
        "anon_inode:[timerfd]",
        "anon_inode:[pidfd]",
        "pipe:[4711]",
        "/anon_inode:[io_uring]",
      })
  void leavesObjectsThatAreSaved(String target) {
    assertThat(scene.with(descriptor(5, target)).found(new KernelObjectCheck())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 0", "5, 1", "27, 1"})
  void savesMapsOfBpfOfTwoTypesOnly(int type, int obstacles) {
    scene.with(descriptor(5, "anon_inode:bpf-map", "flags:\t02\nmap_type:\t" + type + "\n"));

    assertThat(scene.found(new KernelObjectCheck())).hasSize(obstacles);
  }

  @ParameterizedTest
  @CsvSource({
    "'Pid:\t1000', ''",
    "'Pid:\t-1', ''",
    "'Pid:\t999', the process that it stands for is not saved with the VPS",
    "'flags:\t02000202\nPid:\t1000', 'it stands for a thread, which the engine cannot save'",
  })
  void refusesPidfdsOfOutsidersAndThreads(String fdinfo, String reason) {
    scene.with(descriptor(5, "pidfd:[12]", fdinfo));

    assertThat(scene.found(new PidfdCheck()))
        .isEqualTo(
            reason.isEmpty()
                ? List.of()
                : List.of(
                    "foreign-pidfd: process 7 (program), descriptor 5 (pidfd:[12]): " + reason));
  }

  @ParameterizedTest
  @CsvSource({
    "/dev/nvidia0, false, 195, 0, 1",
    "/dev/dri/card0, false, 226, 0, 1",
    "/dev/fuse, false, 10, 229, 1",
    "/dev/kmsg, false, 1, 11, 1",
    "/dev/sda1, true, 8, 1, 1",
    "/dev/null, false, 1, 3, 0",
    "/dev/urandom, false, 1, 9, 0",
    "/dev/tty, false, 5, 0, 0",
    "/dev/pts/300, false, 137, 44, 0",
    "/dev/net/tun, false, 10, 200, 0",
  })
  void refusesDevicesButTheUsual(
      String path, boolean isBlock, int major, int minor, int obstacles) {
    scene.with(device(5, path, isBlock, major, minor));

    assertThat(scene.found(new DeviceCheck())).hasSize(obstacles);
  }

  @Test
  void refusesWhatIsMappedAndNoFile() {
    scene.with(
        new MappedFile("7f00-7f01", 1, "anon_inode:[io_uring]"),
        new MappedFile("7f01-7f02", 1, "/secretmem (deleted)"),
        new MappedFile("7f02-7f03", 1, "/[aio] (deleted)"),
        new MappedFile("7f03-7f04", 1, "/usr/lib/old.so (deleted)"));

    assertThat(scene.found(new MappingCheck()))
        .containsExactly(
            "io-uring: process 7 (program), mapping 7f00-7f01 (anon_inode:[io_uring]): io_uring"
                + " cannot be saved",
            "secret-memory: process 7 (program), mapping 7f01-7f02 (/secretmem (deleted)): secret"
                + " memory cannot be read, not even to save it",
            "aio: process 7 (program), mapping 7f02-7f03 (/[aio] (deleted)): requests under way"
                + " are waited for");
  }

  @Test
  void refusesSharedMemoryOfAnotherNamespace() {
    MappedFile segment = new MappedFile("7f00-7f01", 3, "/SYSV00000000 (deleted)");
    scene.with(segment);
    assertThat(scene.found(new SharedMemoryCheck())).isEmpty();
    Scene own = scene.scene();
    GuestProcess outsider =
        new GuestProcess(
            1007, Scenes.status('S', 0, 7), Map.of("ipc", "ipc:[99]"), List.of(), List.of(segment));
    Scene both =
        new Scene(
            own.init(),
            List.of(own.members().getFirst(), outsider),
            List.of(),
            own.memberPids(),
            own.mounts(),
            own.sockets());

    Findings findings = new Findings();
    new SharedMemoryCheck().search(both, findings);

    assertThat(findings.obstacles())
        .extracting(obstacle -> obstacle.kind())
        .containsExactly(ObstacleKind.FOREIGN_SHARED_MEMORY);
  }

  @Test
  void findsFilesOnMountsThatAreNotThereOrCovered() {
    scene
        .withMounts(
            """
            110 100 0:50 / /mnt rw - tmpfs none rw
            111 110 0:51 / /mnt rw - tmpfs none rw
            112 100 0:52 / /srv/data rw - tmpfs none rw
            113 100 0:53 / /srv rw - tmpfs none rw
            """)
        .with(
            descriptor(3, "/etc/passwd", "mnt_id:\t100\n"),
            descriptor(4, "/mnt/below", "mnt_id:\t110\n"),
            descriptor(5, "/mnt/above", "mnt_id:\t111\n"),
            descriptor(6, "/gone", "mnt_id:\t999\n"),
            descriptor(7, "/srv/data/file", "mnt_id:\t112\n"),
            descriptor(8, "/memfd:buffer (deleted)", "mnt_id:\t1\n"),
            descriptor(9, "/srv/opened/before", "mnt_id:\t100\n"),
            descriptor(10, "/srv-other", "mnt_id:\t100\n"),
            descriptor(11, "/srv/before (deleted)", "mnt_id:\t100\n"));

    assertThat(scene.found(new FilePlaceCheck()))
        .extracting(line -> line.replaceAll(": process 7 \\(program\\), | \\(.*", " "))
        .containsExactly(
            "outside-file descriptor 6 ",
            "covered-file descriptor 4 ",
            "covered-file descriptor 7 ",
            "covered-file descriptor 9 ");
  }

  @Test
  void tellsLocksAndRefusesThoseOfOutsiders() {
    scene.with(
        descriptor(
            3,
            "/a",
            "lock:\t1: FLOCK  ADVISORY  WRITE 1006 08:01:12 0 EOF\n"
                + "lock:\t2: POSIX  ADVISORY  READ 999 08:01:12 0 EOF\n"));

    assertThat(scene.found(new LockCheck()))
        .containsExactly(
            "shared-lock: process 7 (program), descriptor 3 (/a): a process that is not saved with"
                + " the VPS holds the lock too: POSIX READ",
            "file-lock: process 7 (program), descriptor 3 (/a): the lock is taken again: FLOCK"
                + " WRITE");
  }

  @Test
  void tellsConnectionsAndRefusesThoseThatWait() {
    scene.sockets.addInet(
        "tcp",
        """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 00000000:0050 00000000:0000 0A 00000000:00000002 00:00000000 00000000     0        0 501 1 0 100 0 0 10 0
           1: 0100007F:0050 0100007F:1F90 01 00000000:00000009 00:00000000 00000000     0        0 502 1 0 100 0 0 10 0
           2: 0100007F:0051 0100007F:1F91 08 00000000:00000000 00:00000000 00000000     0        0 503 1 0 100 0 0 10 0
        """);
    scene.with(
        descriptor(3, "socket:[501]"),
        descriptor(4, "socket:[502]"),
        descriptor(5, "socket:[503]"),
        descriptor(6, "socket:[504]"));

    assertThat(scene.found(new TcpCheck()))
        .containsExactly(
            "pending-connection: process 7 (program), descriptor 3 (socket:[501]): 2 TCP"
                + " connections wait to be accepted",
            "tcp-connection: process 7 (program), descriptor 4 (with 127.0.0.1:8080): the"
                + " connection goes on, if its other end has the patience",
            "tcp-connection: process 7 (program), descriptor 5 (with 127.0.0.1:8081): the"
                + " connection goes on, if its other end has the patience");
  }

  @Test
  void tellsDatagramsThatAreLost() {
    scene.sockets.addInet(
        "udp",
        """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
           0: 00000000:0035 00000000:0000 07 00000000:00000300 00:00000000 00000000     0        0 501 2 0 0
           1: 00000000:0036 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 502 2 0 0
        """);
    scene.with(descriptor(3, "socket:[501]"), descriptor(4, "socket:[502]"));

    assertThat(scene.found(new DatagramCheck()))
        .singleElement()
        .asString()
        .startsWith("queued-datagrams: process 7 (program), descriptor 3");
  }

  @Test
  void refusesNetlinkSocketsWithMessagesOrGroupsWithoutAPort() {
    scene.sockets.addNetlink(
        """
        sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
        0000000000000000 0   4711       00000000 768      0        0     2        0        501
        0000000000000000 0   0          00000011 0        0        0     2        0        502
        0000000000000000 0   4712       00000011 0        0        0     2        0        503
        """);
    scene.with(
        descriptor(3, "socket:[501]"),
        descriptor(4, "socket:[502]"),
        descriptor(5, "socket:[503]"));

    assertThat(scene.found(new NetlinkCheck()))
        .extracting(line -> line.replaceAll(" \\(socket.*", ""))
        .containsExactly(
            "netlink-data: process 7 (program), descriptor 3",
            "netlink-groups: process 7 (program), descriptor 4");
  }

  @ParameterizedTest
  @CsvSource({
    "pid, nested-pid-namespace",
    "ipc, nested-ipc-namespace",
    "uts, nested-uts-namespace",
    "user, nested-user-namespace",
    "cgroup, nested-cgroup-namespace",
    "time, nested-time-namespace",
    "time_for_children, nested-time-namespace",
    "net, nested-net-namespace",
    "mnt, ''",
  })
  void refusesNamespacesBelowButThoseOfMounts(String kind, String code) {
    scene.member(1006, Scenes.status('S', 0, 7), Map.of(kind, kind + ":[99]"));

    assertThat(scene.found(new NamespaceCheck()))
        .isEqualTo(
            code.isEmpty()
                ? List.of()
                : List.of(
                    code
                        + ": process 7 (program), namespace "
                        + kind
                        + " ("
                        + kind
                        + ":[99]): "
                        + (kind.equals("net")
                            ? "it has a network of its own, and the engine saves the VPS's only"
                            : "the program made a namespace of its own, which the engine cannot"
                                + " save")));
  }

  @Test
  void refusesProcessesThatAreTracedOrWithoutASession() {
    scene.member(1006, Scenes.status('t', 1000, 7), Map.of());
    scene.member(1007, Scenes.status('t', 55, 7), Map.of());
    scene.member(1008, Scenes.status('S', 0, 0), Map.of());

    assertThat(scene.found(new TaskCheck()))
        .containsExactly(
            "traced: process 7 (program): it is traced, and two cannot trace one process: by"
                + " process 1 (init)",
            "traced: process 7 (program): it is traced, and two cannot trace one process: by a"
                + " process outside the VPS",
            "session-outside: process 7 (program): the leader of its session is outside the VPS");
  }

  /** Text of /proc as Linux 6.18 writes it; of the threads nothing else is told there. */
  @Test
  void refusesAProcessWhoseFirstThreadHasEndedAndNoOtherZombie() {
    String status =
        """
        Name:\tworker
        State:\tZ (zombie)
        Tgid:\t24711
        Pid:\t24711
        PPid:\t1000
        TracerPid:\t0
        NStgid:\t24711\t7
        NSpid:\t24711\t7
        NSpgid:\t24711\t7
        NSsid:\t24711\t7
        Threads:\t2
        """;
    scene.member(1006, TaskStatus.parse(status), Map.of());
    scene.member(1007, TaskStatus.parse(status.replace("Threads:\t2", "Threads:\t1")), Map.of());

    assertThat(scene.found(new TaskCheck()))
        .containsExactly(
            "dead-first-thread: process 7 (worker): its first thread has ended while others go on,"
                + " which the engine cannot save");
  }

  @Test
  void refusesConnectionsAtAnAddressOfOneDevice() {
    scene.sockets.addInet(
        "tcp6",
        """
          sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 000080FE00000000FF005450FE4B2F1E:164E 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 501 1 0 100 0 0 10 0
           1: 000080FE00000000FF005450FE4B2F1E:164E 000080FE00000000FF005450FE4B2F1E:A0CE 01 00000000:00000000 00:00000000 00000000     0        0 502 1 0 100 0 0 10 0
           2: 00000000000000000000000001000000:1F90 00000000000000000000000001000000:0050 01 00000000:00000000 00:00000000 00000000     0        0 503 1 0 100 0 0 10 0
        """);
    scene.sockets.addInet(
        "udp6",
        """
          sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
           0: 000080FE00000000FF005450FE4B2F1E:1658 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 504 2 0 0
           1: 00000000000000000000000000000000:14E9 000002FF0000000000000000FB000000:14E9 01 00000000:00000000 00:00000000 00000000     0        0 505 2 0 0
        """);
    scene.with(
        descriptor(3, "socket:[501]"),
        descriptor(4, "socket:[502]"),
        descriptor(5, "socket:[503]"),
        descriptor(6, "socket:[504]"),
        descriptor(7, "socket:[505]"));

    assertThat(scene.found(new ScopeCheck()))
        .containsExactly(
            "scoped-connection: process 7 (program), descriptor 4 (with"
                + " [fe80:0:0:0:5054:ff:1e2f:4bfe]:41166): a connection at an IPv6 link-local"
                + " address cannot be made again",
            "scoped-connection: process 7 (program), descriptor 7 (with [ff02:0:0:0:0:0:0:fb]:5353):"
                + " a connection at an IPv6 link-local address cannot be made again");
    assertThat(scene.found(new TcpCheck()))
        .containsExactly(
            "tcp-connection: process 7 (program), descriptor 5 (with [0:0:0:0:0:0:0:1]:80): the"
                + " connection goes on, if its other end has the patience");
  }

  @ParameterizedTest
  @CsvSource({
    "3, 0, ''",
    "ffffffff, 0, ''",
    "3, 1, 'it becomes a counter, not a semaphore'",
    "123456789abc, 0, of its counter the low 32 bits are kept",
    "fffffffffffffffe, 0, of its counter the low 32 bits are kept",
  })
  void tellsEventfdsThatAreNotKept(String count, int semaphore, String reason) {
    scene.with(
        descriptor(
            3,
            "anon_inode:[eventfd]",
            "flags:\t02\neventfd-count: %16s\neventfd-id: 7\neventfd-semaphore: %d\n"
                .formatted(count, semaphore)));

    assertThat(scene.found(new EventfdCheck()))
        .isEqualTo(
            reason.isEmpty()
                ? List.of()
                : List.of(
                    "eventfd: process 7 (program), descriptor 3 (anon_inode:[eventfd]): "
                        + reason));
  }

  @Test
  void tellsASessionOfExecOnce() {
    scene.guest(1500, 3).guest(1501, 1500);

    assertThat(scene.found(new TaskCheck()))
        .containsExactly(
            "exec-session: process 90 (bash): sessions of exec and enter end with a suspension");
  }

  @Test
  void allowsOneTerminalWithoutItsOtherEnd() {
    scene.with(
        device(0, "/dev/console", false, 136, 0),
        device(1, "/dev/pts/3", false, 136, 3),
        device(2, "/dev/pts/4", false, 136, 4),
        device(5, "/dev/pts/6 (deleted)", false, 136, 6), // has hung up
        descriptor(9, "/dev/ptmx", "mnt_id:\t102\ntty-index:\t3\n"));

    assertThat(scene.found(new TerminalCheck()))
        .containsExactly(
            "terminal-outside: process 7 (program), descriptor 2 (/dev/pts/4): the other end of"
                + " its terminal is outside the VPS, and only the console's may be");
  }

  @ParameterizedTest
  @CsvSource({
    "110 100 0:50 / /mnt rw - fuse.sshfs host: rw, fuse-mount",
    "110 100 0:50 / /mnt rw - fuseblk /dev/sdb rw, fuse-mount",
    "110 100 0:50 / /mnt rw - nfs4 host:/ rw, unsupported-mount",
    "110 100 0:50 / /mnt rw shared:1 master:2 - autofs none rw, unsupported-mount",
    "110 100 0:50 / /mnt rw - hugetlbfs none rw, unsupported-mount",
    "110 100 0:50 / /mnt rw - ramfs none rw, unsupported-mount",
    "110 100 0:4 net:[4026532999] /mnt rw - nsfs nsfs rw, unsupported-mount",
    "110 100 0:50 / /mnt rw - tmpfs none rw, ''",
    "110 100 0:50 / /mnt rw - cgroup2 none rw, ''",
    "110 100 0:40 /srv /mnt rw - overlay letargo rw, ''",
  })
  void refusesMountsOfUnknownKinds(String line, String code) {
    scene.withMounts(line + "\n");

    List<String> found = scene.found(new MountCheck());

    assertThat(found).hasSize(code.isEmpty() ? 0 : 1);
    assertThat(found).allMatch(each -> each.startsWith(code + ": mount /mnt ("));
  }

  @Test
  void tellsWhatIsNotKept() {
    scene.member(1006, new TaskStatus("worker", 'S', 1000, 0, 7, 7, 1, 7, "1"), Map.of());

    assertThat(scene.found(new NotKeptCheck()))
        .containsExactly(
            "cpu-affinity: process 7 (worker): it is bound to the processors 1, which is not kept",
            "wall-clock: the wall clock jumps over the suspension; the monotonic clock does not");
  }

  @Test
  void putsWhatBlocksFirstAndLeavesOutWhatIsTooMuch() {
    Findings findings = new Findings();
    GuestProcess process = scene.scene().members().getFirst();
    for (int i = 0; i < 150; i++) {
      findings.add(process.obstacle(ObstacleKind.FILE_LOCK, descriptor(i, "/x")));
    }
    findings.add(process.obstacle(ObstacleKind.TRACED));

    assertThat(findings.obstacles()).hasSize(101);
    assertThat(findings.obstacles().getFirst().kind()).isEqualTo(ObstacleKind.TRACED);
    assertThat(findings.omitted()).isEqualTo(50);
  }
}
