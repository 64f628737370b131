# Sourced by the applications: the life of a payload (see conductor.c) for shell scripts.
# shellcheck shell=bash
set -uE

finish() {
  echo "$1" >.result.new
  mv -n .result.new .result
  exit 0
}
pass() { finish pass; }
fail() { finish "fail: $*"; }
trap 'fail "line ${BASH_LINENO[*]} $LINENO: $BASH_COMMAND: $(tail -n 2 .log)"' ERR

# Waits over the suspension.
ready() {
  : >.ready
  cat .go >/dev/null
}

# await WHAT COMMAND...: until it succeeds, a minute at most.
await() {
  local what=$1 end=$((SECONDS + 60))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || fail "waited a minute for $what"
    sleep 0.1
  done
}

# same WHAT FOUND WANTED
same() { [ "$2" = "$3" ] || fail "$1 is '$2', not '$3'"; }
