# Sourced by the scripts of the VM lab: where its files are, and how to talk to a guest.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/common.bash"

# LETARGO_VM: where images, keys and logs of guests lie; some gigabytes, kept between runs.
lab=${LETARGO_VM:-/var/tmp/letargo-vm}
# LETARGO_VM_SUITE: what the guest runs, bookworm (Debian 12) or trixie (Debian 13).
suite=${LETARGO_VM_SUITE:-bookworm}
image=$lab/$suite
export image
# LETARGO_VM_CPU: what QEMU calls a processor, such as max,-avx. Without cmpxchg16b for the kernel of Debian 13: QEMU 7.2 leaves
# wrong flags behind it, and that kernel's allocator relies on them ("Kernel panic", in __kmalloc_noprof).
case $suite in
  trixie) processor=${LETARGO_VM_CPU:-max,-cx16} ;;
  *) processor=${LETARGO_VM_CPU:-max} ;;
esac
export processor
# LETARGO_VM_CACHE: how QEMU keeps the guest's disk; writethrough for one that must hold what it said it holds
cache=${LETARGO_VM_CACHE:-unsafe}
export cache
# LETARGO_VM_PORT: the first of our loopback's ports that lead into guests.
first_port=${LETARGO_VM_PORT:-7022}

# use_guest one|two: whom everything below speaks of. Both are on one virtual switch, 10.99.0.1 and 10.99.0.2.
use_guest() {
  guest=$1
  case $guest in
    one) number=1 ;;
    two) number=2 ;;
    *) fail "there is no guest '$guest', only one and two." ;;
  esac
  home=$lab/guests/$guest
  port=$((first_port + 10 * (number - 1))) # of the guest's sshd
  published=$((port + 1))                  # leads to port 7001 of the guest, which a VPS may publish
  pid_file=$home/qemu.pid
  # what is written lies here, over the image
  disk=${LETARGO_VM_DISK:-$home/$suite-${processor//,/+}-$cache.qcow2}
  export LETARGO_VM_GUEST=$guest published disk
}
use_guest "${LETARGO_VM_GUEST:-one}"

# in_guest COMMAND...: runs it in the guest as root, with our standard input, and ends with its status.
in_guest() {
  ssh -q -F none -i "$lab/key" -p "$port" -o BatchMode=yes -o ConnectTimeout=60 -o ConnectionAttempts=5 -o ServerAliveInterval=60 \
    -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no root@127.0.0.1 "$@"
}

is_up() { [ -f "$pid_file" ] && grep -qs qemu-system "/proc/$(cat "$pid_file")/cmdline"; }

# monitor COMMAND: one of QEMU's own (savevm NAME, info snapshots), and waits for what it says
monitor() {
  local answer connection
  coproc connection { nc -U "$home/monitor"; }
  # shellcheck disable=SC2154 # coproc sets them
  local from=${connection[0]} to=${connection[1]} process=$connection_PID
  read -r -t 60 _ <&"$from"
  echo '{"execute":"qmp_capabilities"}' >&"$to"
  read -r -t 60 _ <&"$from"
  jq -nc --arg command "$1" '{execute: "human-monitor-command", arguments: {"command-line": $command}}' >&"$to"
  while read -r -t 600 answer <&"$from"; do
    case $answer in
      '{"return'* | '{"error'*) break ;;
    esac
  done
  kill "$process" 2>/dev/null || true
  answer=$(jq -r '.return // .error.desc' <<<"$answer")
  if [ -n "$answer" ]; then say "$answer"; fi
}
