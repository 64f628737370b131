# Sourced by scripts/up and scripts/down: where the running instance is.
# shellcheck shell=bash

prefix=${PREFIX:-/opt/letargo}
state=/var/lib/letargo
run=/run/letargo
logs=/var/log/letargo
configuration=/etc/letargo/letargo.yaml

# configured KEY DEFAULT: the value of a key in the configuration; its indentation is part of the key
configured() {
  local value
  value=$(sed -n "s/^$1: *\([^ #]*\).*/\1/p" "$configuration" 2>/dev/null | head -n 1 | tr -d "\"'")
  echo "${value:-$2}"
}

scheme=http
if grep -qs '^  tls-certificate:' "$configuration"; then scheme=https; fi
address=$scheme://$(configured "  listen" 127.0.0.1:7070)
export LETARGO_URL=${LETARGO_URL:-$address}
# the names of VPSes, one a line: scripts/down writes them, scripts/up resumes them
suspended_by_down=$state/suspended-by-down
export prefix state run logs suspended_by_down

# supervisor_of NAME: the pid of the process that keeps NAME running; fails if there is none.
supervisor_of() {
  local pid
  pid=$(cat "$run/$1.pid" 2>/dev/null) || return 1
  # the number may belong to another process by now
  grep -qsz "/supervise$" "/proc/$pid/cmdline" && grep -qszx "$1" "/proc/$pid/cmdline" || return 1
  echo "$pid"
}

# stop_supervised NAME: ends it, and waits until it is gone.
stop_supervised() {
  local pid
  pid=$(supervisor_of "$1") || return 0
  kill -TERM "$pid"
  if ! timeout 60 tail --pid="$pid" -f /dev/null; then
    fail "letargo-$1 (process $pid) does not end. Look into $logs/$1.log; kill it with: kill -9 $pid"
  fi
}
