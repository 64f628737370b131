# Sourced by the other scripts: what they say and how they fail.
# shellcheck shell=bash
set -euo pipefail
# a root with a umask of 077 installs programs that the user letargo can read all the same
umask 022

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export repository

# say TEXT: one line about what goes on.
say() { printf '%s\n' "$*"; }

# fail TEXT: what failed, why, and what to do; then the end.
fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# step TEXT COMMAND...: says what begins, runs it, says how long it took. A failure ends the script (so do not use it
# in a condition: the shell would go on after errors inside the command).
step() {
  local what=$1 started=$SECONDS
  shift
  say "==> $what"
  "$@"
  say "    done in $((SECONDS - started)) s"
}

need_root() { [ "$(id -u)" = 0 ] || fail "only root may do this. Run it as root, or with sudo."; }

# version_at_least VERSION WANTED
version_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

systemd_is_init() { [ -d /run/systemd/system ]; }
