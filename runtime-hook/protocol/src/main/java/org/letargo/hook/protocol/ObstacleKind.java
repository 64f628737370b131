package org.letargo.hook.protocol;

import static org.letargo.hook.protocol.Severity.BLOCKS;
import static org.letargo.hook.protocol.Severity.HANDLED;
import static org.letargo.hook.protocol.Severity.LOST;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * What can stand in the way of a checkpoint: stable words, part of the API. A preflight finds them
 * in a running VPS, and what the engine's log says of a failure is mapped to the same ones.
 */
public enum ObstacleKind {
  /** An io_uring instance, as descriptor or mapping. */
  IO_URING(
      BLOCKS,
      "io_uring cannot be saved",
      "Restart the program; a VPS of Letargo starts without io_uring, and programs fall back."),
  /** Another object of the kernel that only a descriptor holds: perf event, kvm, landlock, ... */
  KERNEL_OBJECT(
      BLOCKS,
      "this object of the kernel cannot be saved",
      "End the program, or make it close the descriptor."),
  /** A BPF program, link, type information, or a map that is no hash or array. */
  BPF_OBJECT(BLOCKS, "BPF objects cannot be saved", "End the program that loaded it."),
  /** A device that is not null, zero, full, random, a terminal or tun. */
  DEVICE(BLOCKS, "what a device holds cannot be saved", "Make the program close the device."),
  /** A pidfd of a process that is not saved, or of a thread. */
  FOREIGN_PIDFD(
      BLOCKS,
      "the process that it stands for is not saved with the VPS",
      "Make the program close it; if a session of exec is meant, end that."),
  /** Memory of memfd_secret. */
  SECRET_MEMORY(
      BLOCKS, "secret memory cannot be read, not even to save it", "Restart the program."),
  /** A pipe with O_DIRECT. */
  PACKET_PIPE(BLOCKS, "a pipe in packet mode cannot be saved", "End the program that made it."),
  /** An open file on no mount that the VPS has, or has still. */
  OUTSIDE_FILE(
      BLOCKS,
      "the file is on a mount that the VPS does not have, or does not have any more",
      "Restart the program."),
  /** An open file on a mount over which another one lies. */
  COVERED_FILE(
      BLOCKS, "another mount covers the file", "Unmount what covers it, or restart the program."),
  /** An open or mapped file without a name. */
  DELETED_FILE(HANDLED, "the file is deleted; its contents are saved with the memory", ""),
  /** A deleted file that has grown since the engine was told how large such files are. */
  GROWING_DELETED_FILE(
      BLOCKS,
      true,
      "the file is deleted and grew while it was to be saved",
      "Try again when the program writes less, or restart it."),
  /** An open file whose name is gone while another name of it is there. */
  UNLINKED_NAME(HANDLED, "this name of the file is deleted, another is there", ""),
  /** A POSIX, flock or open file description lock, or a lease. */
  FILE_LOCK(HANDLED, "the lock is taken again", ""),
  /** A lock that a process outside the VPS holds too. */
  SHARED_LOCK(
      BLOCKS,
      "a process that is not saved with the VPS holds the lock too",
      "End that process, or the session of exec that it belongs to."),
  /** Inotify watches. */
  INOTIFY(HANDLED, "the watches are saved as paths", ""),
  /** An inotify watch on something that has no path any more. */
  PATHLESS_WATCH(
      BLOCKS,
      "something is watched that has no path any more, or lies in a service's private mount",
      "Restart the program."),
  /** A TCP connection; half-closed ones too. */
  TCP_CONNECTION(HANDLED, "the connection goes on, if its other end has the patience", ""),
  /** A TCP connection at an IPv6 address that counts on one device only. */
  SCOPED_CONNECTION(
      BLOCKS,
      "a connection at an IPv6 link-local address cannot be made again",
      "Close it, or make the program use another address."),
  /** A connection, of TCP or Unix, that nobody has accepted yet. */
  PENDING_CONNECTION(
      BLOCKS,
      true,
      "a connection waits to be accepted",
      "Try again in a moment; if it stays, the program does not accept connections."),
  /** A protocol: MPTCP, SCTP, DCCP, ... */
  SOCKET_PROTOCOL(
      BLOCKS,
      "the engine cannot save sockets of this protocol",
      "Turn it off in the program; for MPTCP in Go programs set GODEBUG=multipathtcp=0."),
  /** A family: vsock, AF_ALG, Bluetooth, XDP, AF_KEY, ... */
  SOCKET_FAMILY(
      BLOCKS, "the engine cannot save sockets of this family", "Restart the program without it."),
  /** A UDP socket that collects one datagram from several writes. */
  CORKED_DATAGRAM(
      BLOCKS, true, "a datagram is being put together", "Try again when the program has sent it."),
  /** A netlink socket with unread data. */
  NETLINK_DATA(
      BLOCKS,
      true,
      "messages of the kernel wait to be read",
      "Try again in a moment; if it stays, the program does not read its socket."),
  /** A netlink socket with groups that the engine has no room for. */
  NETLINK_GROUPS(
      BLOCKS, "the engine cannot save its multicast groups", "Stop the program, then suspend."),
  /** A connected Unix socket whose other end is not in the VPS. */
  UNIX_PEER_OUTSIDE(
      BLOCKS,
      true,
      "the other end of the connection is not saved with the VPS",
      "End the other end; if a session of exec has it, end that."),
  /** Credentials in the queue of a Unix socket. */
  QUEUED_CREDENTIALS(
      BLOCKS,
      true,
      "a message with credentials waits to be read",
      "Try again in a moment; if it stays, the program does not read its socket."),
  /** What waits to be read from a UDP or raw socket. */
  QUEUED_DATAGRAMS(LOST, "datagrams that nobody has read yet are dropped", ""),
  /** A namespace below that of the VPS. */
  NESTED_PID_NAMESPACE(BLOCKS, Texts.NESTED, Texts.NESTED_REMEDY),
  NESTED_IPC_NAMESPACE(BLOCKS, Texts.NESTED, Texts.NESTED_REMEDY),
  NESTED_UTS_NAMESPACE(BLOCKS, Texts.NESTED, Texts.NESTED_REMEDY),
  NESTED_USER_NAMESPACE(BLOCKS, Texts.NESTED, Texts.NESTED_REMEDY),
  NESTED_CGROUP_NAMESPACE(BLOCKS, Texts.NESTED, Texts.NESTED_REMEDY),
  NESTED_TIME_NAMESPACE(BLOCKS, Texts.NESTED, Texts.NESTED_REMEDY),
  /** A network namespace below that of the VPS, of a process or a socket. */
  NESTED_NET_NAMESPACE(
      BLOCKS,
      "it has a network of its own, and the engine saves the VPS's only",
      "End it: containers or 'ip netns' in the VPS, or a unit with PrivateNetwork=, which a drop-in"
          + " can turn off."),
  /** A process under a debugger. */
  TRACED(BLOCKS, "it is traced, and two cannot trace one process", "Detach gdb or strace from it."),
  /** A process whose first thread has ended while others live. */
  DEAD_FIRST_THREAD(
      BLOCKS,
      true,
      "its first thread has ended while others go on, which the engine cannot save",
      "If it is not just ending, restart it."),
  /** A process that waits in the kernel and cannot be stopped there. */
  UNINTERRUPTIBLE(
      BLOCKS,
      true,
      "it waits in the kernel without a break, and cannot be frozen there",
      "See what disk or network it waits for; a parent of vfork waits for its child to go on."),
  /** The processes could not be frozen in time. */
  CANNOT_FREEZE(
      BLOCKS,
      true,
      "its processes could not be frozen in time",
      "See which are in state D, and what disk or network they wait for; then try again."),
  /** A session whose leader is not in the VPS. */
  SESSION_OUTSIDE(
      BLOCKS, "the leader of its session is outside the VPS", "Start it with setsid, or end it."),
  /** A terminal whose other end is not in the VPS, beside the console. */
  TERMINAL_OUTSIDE(
      BLOCKS,
      "the other end of its terminal is outside the VPS, and only the console's may be",
      "End the program, or start it with setsid and other standard streams."),
  /** A mount of a kind that the engine does not know. */
  UNSUPPORTED_MOUNT(BLOCKS, "the engine cannot save mounts of this kind", "Unmount it."),
  /** A mount of FUSE. */
  FUSE_MOUNT(BLOCKS, "what a FUSE file system is connected to cannot be saved", "Unmount it."),
  /** A POSIX message queue. */
  MESSAGE_QUEUE(
      BLOCKS,
      "POSIX message queues cannot be saved",
      "Remove them from /dev/mqueue, or end the program that made them."),
  /** Asynchronous input and output by io_submit. */
  AIO(HANDLED, "requests under way are waited for", ""),
  /** Asynchronous input and output with requests that do not end. */
  AIO_IN_FLIGHT(
      BLOCKS, true, "requests of io_submit are under way", "Try again when they are done."),
  /** System V shared memory of another namespace. */
  FOREIGN_SHARED_MEMORY(
      BLOCKS, "the shared memory is not of the VPS's own namespace", "Restart the program."),
  /** A session of exec or enter. */
  EXEC_SESSION(LOST, "sessions of exec and enter end with a suspension", ""),
  /** A process that may not run on all processors. */
  CPU_AFFINITY(LOST, "its choice of processors is not kept", ""),
  /** A process with a policy of its own for memory of several nodes. */
  MEMORY_POLICY(LOST, "its policy for memory nodes is not kept", ""),
  /** A TCP connection that the kernel encrypts. */
  KERNEL_TLS(LOST, "encryption by the kernel ends; the connection breaks", ""),
  /** A TCP socket with an option that the engine does not know. */
  SOCKET_OPTION(LOST, "an option of the socket is not kept", ""),
  /** An eventfd that the engine makes again otherwise than it was. */
  EVENTFD(LOST, "the engine does not keep what is special about this eventfd", ""),
  /** Keys in the kernel. */
  KEYRING(LOST, "keys in the kernel's keyrings are not kept", ""),
  /** Time goes on while a VPS is suspended. */
  WALL_CLOCK(LOST, "the wall clock jumps over the suspension; the monotonic clock does not", ""),
  /** Not enough space for the checkpoint. */
  DISK_SPACE(
      BLOCKS,
      "the memory needs more space than the store has",
      "Free space on its disk, forget checkpoints, or raise hook.store.budget; then try again."),
  /** The folder of checkpoints cannot be written to. */
  STORE_READ_ONLY(
      BLOCKS, "checkpoints cannot be written", "Mount the file system for writing again."),
  /** The engine is gone or lacks something. */
  ENGINE(BLOCKS, "the engine cannot be run", "Run scripts/install-criu."),
  /** runc is gone. */
  RUNTIME(BLOCKS, "the runtime cannot be run", "Install runc."),
  /** The processor lacks what the saved programs use. */
  CPU_FEATURES(
      BLOCKS,
      "the processor of this host lacks what the saved programs use",
      "Resume it on a host whose processor has it."),
  /** A file is not as it was when the VPS was suspended. */
  CHANGED_FILE(
      BLOCKS,
      "a file is not what it was at the suspension",
      "See that the template here is the one that the VPS was made from, with the same contents."),
  /** A file is not there. */
  MISSING_FILE(
      BLOCKS,
      "a file that was open at the suspension is not there",
      "See that the template here is the one that the VPS was made from, with the same contents."),
  /** An address that the VPS had is not there. */
  MISSING_ADDRESS(
      BLOCKS,
      "an address that a socket of it had is not there",
      "See that the subnet in letargo.yaml is the one it was."),
  /** A mount that the VPS had cannot be made. */
  MISSING_MOUNT(
      BLOCKS,
      "a mount that it had cannot be made again",
      "Resume it on a host with the same kind of control groups and file systems."),
  /** The engine failed for a reason that is not in this list. */
  UNKNOWN(
      BLOCKS,
      "the engine failed for a reason that Letargo does not know",
      "The lines of its log say what it was doing; please report them.");

  private static final class Texts {
    static final String NESTED =
        "the program made a namespace of its own, which the engine cannot save";
    static final String NESTED_REMEDY =
        "End it: containers in the VPS, or a unit with PrivateUsers=, PrivateIPC= or"
            + " ProtectHostname=, which a drop-in can turn off.";
  }

  private final Severity severity;
  private final boolean isTransient;
  private final String reason;
  private final String remedy;

  ObstacleKind(Severity severity, String reason, String remedy) {
    this(severity, false, reason, remedy);
  }

  ObstacleKind(Severity severity, boolean isTransient, String reason, String remedy) {
    this.severity = severity;
    this.isTransient = isTransient;
    this.reason = reason;
    this.remedy = remedy;
  }

  /** The stable word for it: {@code io-uring}. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public Severity severity() {
    return severity;
  }

  /** Whether it tends to pass within moments, so that a suspension waits for it to pass. */
  public boolean isTransient() {
    return isTransient;
  }

  /** Why it matters, without a full stop. */
  public String reason() {
    return reason;
  }

  /** What to do, full sentences; empty if there is nothing to do. */
  public String remedy() {
    return remedy;
  }
}
