# Sourced by scripts/up and scripts/down: where the running instance is.
# shellcheck shell=bash

prefix=${PREFIX:-/opt/letargo}
state=/var/lib/letargo
run=/run/letargo
logs=/var/log/letargo
configuration=/etc/letargo/letargo.yaml

# configured SECTION.KEY DEFAULT, or KEY DEFAULT for one of no section: the value of a key in the configuration
configured() {
  local value section=''
  if [[ $1 == *.* ]]; then section=${1%%.*}; fi
  value=$(awk -v section="$section" -v key="${1#*.}" '
    /^[^ #]/ { in_section = $1 == section ":" }
    section == "" && index($0, key ":") == 1 || in_section && index($0, "  " key ":") == 1 {
      print $2 # what follows is a comment
      exit
    }' "$configuration" 2>/dev/null | tr -d "\"'") || true # without a file the defaults hold
  echo "${value:-$2}"
}

scheme=http
if [ -n "$(configured manager.tls-certificate '')" ]; then scheme=https; fi
address=$scheme://$(configured manager.listen 127.0.0.1:7070)
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
