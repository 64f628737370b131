/*
 * letargo-relay: carries one question from an OCI runtime or from CRIU to the hook, and the answer back as exit status.
 *
 *   letargo-relay --socket PATH --vps NAME [--timeout-seconds N] STAGE     an OCI hook; the state JSON is on stdin
 *   DIR/relay.d/NAME                                                        a CRIU action script (see below)
 *   letargo-relay userns [--timeout-seconds N]                              holds a new user namespace open
 *   letargo-relay hold ENGINE INIT                                          keeps memory from turning into zeros
 *
 * It is C, and static, because tasks are frozen while it runs and because a JVM needs 100 times longer to start.
 *
 * Request, one per connection, then the sending side is shut down; every field ends in NUL, absent ones are empty:
 *   "letargo-relay/1", kind ("oci" or "action"), VPS, stage, pid of the VPS's init, image directory, state JSON
 * Answer: one byte, the exit status; then text for stderr up to the end. A connection that ends without a status is a
 * failure: exit status 1, so createRuntime fails the start and post-dump vetoes the dump. A status that could not be
 * written has not arrived: the VPS runs on, whatever was committed.
 *
 * CRIU runs what "action-script" names by execvp() of that one path, and its options file accepts no blanks in it
 * (tried with 4.2.1). So an action script cannot have arguments, and the name that it is called by says all: make a
 * symbolic link DIR/relay.d/NAME to this program, write "action-script DIR/relay.d/NAME", listen on DIR/relay.sock.
 * CRIU passes CRTOOLS_SCRIPT_ACTION, CRTOOLS_INIT_PID and CRTOOLS_IMAGE_DIR (/proc/PID/fd/N of CRIU) in the environment.
 *
 * userns: unshares a user namespace, writes "ready\n", and waits for the end of stdin. Its parent writes
 * /proc/PID/uid_map and gid_map and opens /proc/PID/ns/user.
 *
 * hold: while a VPS is resumed lazily, CRIU's daemon (pid ENGINE) has a userfaultfd of every task. When the last
 * descriptor of one is closed the kernel lets the task run on with zeros where its memory has not arrived yet
 * (userfaultfd_release). So this traces the daemon, writes "holds\n", and waits. A daemon that is about to end stands
 * still before its descriptors are closed (PTRACE_EVENT_EXIT): if it ends otherwise than with 0, or stdin ends without
 * a 'd', because something has failed, be it the hook itself, the VPS (pid INIT) is killed first, while its tasks still
 * wait. It ends when the VPS does, or at a 'd': all memory is there. At an 'l' and eight bytes, CLOCK_MONOTONIC in
 * nanoseconds in the machine's order, the VPS is killed at that time unless it is told a later one before: its memory
 * comes from another host, where it goes on if this one is not heard. So a hook that stands still cannot make the VPS
 * run twice. (Duplicates of the descriptors would do as well, but
 * CRIU counts on a closed one leaving its epoll set, which one with a duplicate does not.)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STATE_MAX_BYTES (1 << 20)
#define OCI_TIMEOUT_SECONDS 60
/* The hook stores a whole checkpoint before it answers "post-dump". */
#define ACTION_TIMEOUT_SECONDS 3600
#define USERNS_TIMEOUT_SECONDS 30
#define MAX_TIMEOUT_SECONDS 86400
#define MAX_WAIT_MILLIS 60000

struct relay {
    const char *kind, *socket, *vps, *stage, *init_pid, *image_dir;
    unsigned timeout_seconds;
    char *state;
    size_t state_bytes;
};

static char timeout_text[PATH_MAX + 256];

__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *format, ...)
{
    va_list arguments;

    fputs("letargo-relay: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

/* Reads and writes are never bounded one by one: SIGALRM ends the whole program, wherever it waits. */
static void on_timeout(int signal)
{
    ssize_t written = write(STDERR_FILENO, timeout_text, strlen(timeout_text));

    (void)signal, (void)written;
    _exit(1);
}

static void limit_time(unsigned seconds)
{
    struct sigaction action = {.sa_handler = on_timeout};
    sigset_t alarm_only;

    sigaction(SIGALRM, &action, NULL);
    sigemptyset(&alarm_only);
    sigaddset(&alarm_only, SIGALRM);
    sigprocmask(SIG_UNBLOCK, &alarm_only, NULL); /* the caller's mask came with exec */
    alarm(seconds);
}

static void write_all(int fd, const char *bytes, size_t length, const char *to)
{
    while (length > 0) {
        ssize_t written = send(fd, bytes, length, MSG_NOSIGNAL);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            fail("cannot send to '%s': %s. Look into the log of letargo-hook.", to, strerror(errno));
        bytes += written;
        length -= (size_t)written;
    }
}

static void read_state(struct relay *relay)
{
    relay->state = malloc(STATE_MAX_BYTES + 1);
    if (!relay->state)
        fail("out of memory");
    relay->state_bytes = fread(relay->state, 1, STATE_MAX_BYTES + 1, stdin);
    if (ferror(stdin))
        fail("cannot read the container's state from stdin: %s. An OCI runtime pipes it in.", strerror(errno));
    if (relay->state_bytes > STATE_MAX_BYTES)
        fail("the state on stdin is longer than %d bytes: no OCI runtime sends that much.", STATE_MAX_BYTES);
}

/* A path that is too long for an address is reached through its opened directory. */
static void set_address(struct sockaddr_un *address, const char *path)
{
    const char *slash = strrchr(path, '/');
    char directory[PATH_MAX];
    int fd, length;

    address->sun_family = AF_UNIX;
    length = snprintf(address->sun_path, sizeof(address->sun_path), "%s", path);
    if (length >= 0 && (size_t)length < sizeof(address->sun_path))
        return;
    length = slash ? (int)(slash - path) : PATH_MAX;
    if (length >= PATH_MAX)
        fail("the socket's path '%s' is too long.", path);
    snprintf(directory, sizeof(directory), "%.*s/", length, path);
    fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        fail("cannot reach '%s': %s. Is letargo-hook running?", path, strerror(errno));
    length = snprintf(address->sun_path, sizeof(address->sun_path), "/proc/self/fd/%d/%s", fd, slash + 1);
    if (length < 0 || (size_t)length >= sizeof(address->sun_path))
        fail("the name of the socket '%s' is too long.", path);
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = {0};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        fail("cannot make a socket: %s", strerror(errno));
    set_address(&address, path);
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
        fail("nobody answers at '%s': %s. Start letargo-hook (systemctl start letargo-hook, or make run), then try again.",
             path, strerror(errno));
    return fd;
}

static void send_request(int fd, const struct relay *relay)
{
    const char *fields[] = {"letargo-relay/1", relay->kind, relay->vps, relay->stage, relay->init_pid, relay->image_dir};

    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
        write_all(fd, fields[i], strlen(fields[i]) + 1, relay->socket);
    write_all(fd, relay->state ? relay->state : "", relay->state_bytes, relay->socket);
    write_all(fd, "", 1, relay->socket);
    shutdown(fd, SHUT_WR);
}

static ssize_t read_answer(int fd, char *buffer, size_t length, const struct relay *relay)
{
    ssize_t got;

    do
        got = read(fd, buffer, length);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        fail("the connection to '%s' broke at stage '%s' of VPS '%s': %s. Look into the log of letargo-hook.",
             relay->socket, relay->stage, relay->vps, strerror(errno));
    return got;
}

static int ask(const struct relay *relay)
{
    int fd = connect_to(relay->socket);
    unsigned char status;
    char text[4096];
    char last = '\n';
    ssize_t got;

    send_request(fd, relay);
    if (read_answer(fd, (char *)&status, 1, relay) == 0)
        fail("'%s' hung up without an answer to stage '%s' of VPS '%s'. Look into the log of letargo-hook.",
             relay->socket, relay->stage, relay->vps);
    while ((got = read_answer(fd, text, sizeof(text), relay)) > 0) {
        fwrite(text, 1, (size_t)got, stderr);
        last = text[got - 1];
    }
    if (last != '\n')
        fputc('\n', stderr);
    return status;
}

static int hold_user_namespace(unsigned timeout_seconds)
{
    char ignored;
    ssize_t got;

    snprintf(timeout_text, sizeof(timeout_text), "letargo-relay: nobody used the user namespace within %u s\n",
             timeout_seconds);
    limit_time(timeout_seconds);
    if (unshare(CLONE_NEWUSER) < 0)
        fail("cannot make a user namespace: %s. See the limit in /proc/sys/user/max_user_namespaces.", strerror(errno));
    if (write(STDOUT_FILENO, "ready\n", 6) != 6)
        fail("cannot write to stdout: %s", strerror(errno));
    do
        got = read(STDIN_FILENO, &ignored, 1);
    while (got > 0 || (got < 0 && errno == EINTR));
    return 0;
}

static int open_process(const char *pid)
{
    char *end;
    long number = strtol(pid, &end, 10);
    int fd = *end || number < 1 ? -1 : (int)syscall(SYS_pidfd_open, (pid_t)number, 0);

    if (fd < 0)
        fail("cannot open process '%s': %s.", pid, strerror(errno));
    return fd;
}

/* What the daemon's stop means; whether it ends before all memory is there. */
static int has_failed(pid_t engine, int status)
{
    unsigned long exit_status = 0;
    int event = status >> 16;

    if (WIFEXITED(status))
        return WEXITSTATUS(status) != 0;
    if (WIFSIGNALED(status))
        return 1;
    if (event == PTRACE_EVENT_EXIT) {
        ptrace(PTRACE_GETEVENTMSG, engine, NULL, &exit_status);
        if (exit_status != 0)
            return 1; /* it stands still until we end */
    }
    if (event == PTRACE_EVENT_STOP && WSTOPSIG(status) != SIGTRAP)
        ptrace(PTRACE_LISTEN, engine, NULL, NULL); /* somebody stopped it, and will let it go on */
    else
        ptrace(PTRACE_CONT, engine, NULL, event ? 0L : (long)WSTOPSIG(status));
    return 0;
}

static int kill_vps(int vps)
{
    struct pollfd end = {.fd = vps, .events = POLLIN};

    syscall(SYS_pidfd_send_signal, vps, SIGKILL, NULL, 0);
    while (poll(&end, 1, -1) < 0 && errno == EINTR)
        ;
    return 1;
}

static int64_t now_nanos(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * (int64_t)1000000000 + now.tv_nsec;
}

/* How long poll() may wait for the end of a lease; no end: for ever. */
static int left_millis(int64_t lease_end)
{
    int64_t left = lease_end - now_nanos();

    if (lease_end == INT64_MAX)
        return -1;
    return left <= 0 ? 0 : left / 1000000 >= MAX_WAIT_MILLIS ? MAX_WAIT_MILLIS : (int)(left / 1000000) + 1;
}

/* What the hook says; whether we are to go on. */
static int hear(int64_t *lease_end, char *verdict)
{
    if (read(STDIN_FILENO, verdict, 1) != 1)
        *verdict = 0;
    return *verdict == 'l' && read(STDIN_FILENO, lease_end, sizeof(*lease_end)) == sizeof(*lease_end);
}

static int watch(pid_t engine, int vps, int children)
{
    struct pollfd waits[] = {
        {.fd = STDIN_FILENO, .events = POLLIN}, {.fd = vps, .events = POLLIN}, {.fd = children, .events = POLLIN}};
    struct signalfd_siginfo ignored;
    int64_t lease_end = INT64_MAX;
    char verdict = 0;
    int ready, status;

    while (1) {
        ready = poll(waits, 3, left_millis(lease_end));
        if (ready < 0)
            continue; /* EINTR */
        if (waits[1].revents)
            return 0;
        if (waits[0].revents) {
            if (hear(&lease_end, &verdict))
                continue;
            return verdict == 'd' ? 0 : kill_vps(vps);
        }
        if (ready == 0) {
            if (now_nanos() >= lease_end)
                return kill_vps(vps);
            continue;
        }
        if (read(children, &ignored, sizeof(ignored)) < 0)
            fail("cannot read a signal: %s.", strerror(errno));
        while (waitpid(engine, &status, __WALL | WNOHANG) > 0)
            if (has_failed(engine, status))
                return kill_vps(vps);
    }
}

static int hold_memory(const char *engine_pid, const char *init_pid)
{
    pid_t engine = (pid_t)atoi(engine_pid);
    int vps = open_process(init_pid), children;
    sigset_t child;

    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, SIG_IGN); /* who stops the hook may stop all of its group; the end of stdin tells us */
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    children = signalfd(-1, &child, SFD_CLOEXEC);
    if (children < 0)
        fail("cannot wait for signals: %s.", strerror(errno));
    if (ptrace(PTRACE_SEIZE, engine, NULL, (void *)PTRACE_O_TRACEEXIT) < 0)
        fail("cannot trace process '%s': %s. See /proc/sys/kernel/yama/ptrace_scope.", engine_pid, strerror(errno));
    if (write(STDOUT_FILENO, "holds\n", 6) != 6)
        return kill_vps(vps); /* nobody is there any more */
    return watch(engine, vps, children);
}

static unsigned parse_seconds(const char *text)
{
    char *end;
    unsigned long seconds;

    errno = 0;
    seconds = strtoul(text, &end, 10);
    if (errno || end == text || *end || *text == '-' || seconds < 1 || seconds > MAX_TIMEOUT_SECONDS)
        fail("'%s' is no time: give seconds from 1 to %d.", text, MAX_TIMEOUT_SECONDS);
    return (unsigned)seconds;
}

static void parse_arguments(struct relay *relay, int count, char **values)
{
    for (int i = 1; i < count; i++) {
        int more = i + 1 < count;

        if (more && strcmp(values[i], "--socket") == 0)
            relay->socket = values[++i];
        else if (more && strcmp(values[i], "--vps") == 0)
            relay->vps = values[++i];
        else if (more && strcmp(values[i], "--timeout-seconds") == 0)
            relay->timeout_seconds = parse_seconds(values[++i]);
        else if (values[i][0] != '-' && !relay->stage)
            relay->stage = values[i];
        else
            fail("cannot use the argument '%s'. It is called as: letargo-relay --socket PATH --vps NAME "
                 "[--timeout-seconds N] STAGE", values[i]);
    }
}

/* CRIU called us by the name DIR/relay.d/VPS. */
static void parse_own_name(struct relay *relay, char *name)
{
    static const char folder[] = "/relay.d";
    static char socket[PATH_MAX];
    char *slash = strrchr(name, '/');
    size_t before = slash ? (size_t)(slash - name) : 0;

    if (before < sizeof(folder) - 1 || memcmp(slash - (sizeof(folder) - 1), folder, sizeof(folder) - 1) != 0)
        fail("cannot tell the VPS from the name '%s'. As a CRIU action script it is called DIR/relay.d/VPS.", name);
    before -= sizeof(folder) - 1;
    if (before + sizeof("/relay.sock") > sizeof(socket))
        fail("the name '%s' is too long.", name);
    snprintf(socket, sizeof(socket), "%.*s/relay.sock", (int)before, name);
    relay->socket = socket;
    relay->vps = slash + 1;
}

static const char *environment(const char *name)
{
    const char *value = getenv(name);

    return value ? value : "";
}

int main(int count, char **values)
{
    struct relay relay = {.kind = "oci", .init_pid = "", .image_dir = ""};
    const char *action = getenv("CRTOOLS_SCRIPT_ACTION");

    if (!action && count == 4 && strcmp(values[1], "hold") == 0)
        return hold_memory(values[2], values[3]);
    parse_arguments(&relay, count, values);
    if (!action && !relay.socket && relay.stage && strcmp(relay.stage, "userns") == 0)
        return hold_user_namespace(relay.timeout_seconds ? relay.timeout_seconds : USERNS_TIMEOUT_SECONDS);
    if (action) {
        relay.kind = "action";
        relay.stage = action;
        relay.init_pid = environment("CRTOOLS_INIT_PID");
        relay.image_dir = environment("CRTOOLS_IMAGE_DIR");
        if (!relay.socket && !relay.vps)
            parse_own_name(&relay, values[0]);
    }
    if (!relay.socket || !relay.vps || !relay.stage)
        fail("--socket PATH, --vps NAME and a STAGE are needed. letargo-hook writes all of them into config.json.");
    if (!relay.timeout_seconds)
        relay.timeout_seconds = action ? ACTION_TIMEOUT_SECONDS : OCI_TIMEOUT_SECONDS;
    snprintf(timeout_text, sizeof(timeout_text),
             "letargo-relay: no answer from '%s' to stage '%s' of VPS '%s' within %u s. Look into the log of letargo-hook.\n",
             relay.socket, relay.stage, relay.vps, relay.timeout_seconds);
    limit_time(relay.timeout_seconds);
    if (!action)
        read_state(&relay);
    return ask(&relay);
}
