# Sourced by the scripts of the VM lab: where its files are, and how to talk to a guest.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/common.bash"

# LETARGO_VM: where images, keys and logs of guests lie; some gigabytes, kept between runs.
lab=${LETARGO_VM:-/var/tmp/letargo-vm}
# LETARGO_VM_SUITE: what the guest runs, bookworm (Debian 12) or trixie (Debian 13).
suite=${LETARGO_VM_SUITE:-bookworm}
image=$lab/$suite
export image
port=${LETARGO_VM_PORT:-7022} # of the guest's sshd, on our loopback
published=$((port + 1))       # leads to port 7001 of the guest, which a VPS may publish
export published
pid_file=$lab/qemu.pid        # one guest at a time: emulation takes a core of its own

# in_guest COMMAND...: runs it in the guest as root, with our standard input, and ends with its status.
in_guest() {
  ssh -q -F none -i "$lab/key" -p "$port" -o BatchMode=yes -o ConnectTimeout=5 -o ServerAliveInterval=30 \
    -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no root@127.0.0.1 "$@"
}

is_up() { [ -f "$pid_file" ] && grep -qs qemu-system "/proc/$(cat "$pid_file")/cmdline"; }
