# Sourced by scenarios, inside the guest: asks the manager by its API. The command line would do the same, but under
# emulation each start of a JVM takes twenty seconds.
# shellcheck shell=bash
set -euo pipefail

repository=/usr/src/letargo
api=http://127.0.0.1:7070
cgroups=/sys/fs/cgroup/letargo
export repository cgroups

say() { printf '[%s] %s\n' "$(date +%T)" "$*"; }
fail() { say "FAILED: $*"; exit 1; }
# expect WHAT WANTED GOT
expect() { if [ "$2" = "$3" ]; then say "ok: $1"; else fail "$1: wanted '$2', got '$3'"; fi; }

token() { cat /var/lib/letargo/admin.token; }
# ask METHOD PATH [JSON]: the answer's body, whatever the status is
ask() {
  curl -sS -X "$1" -H "Authorization: Bearer $(token)" -H 'Content-Type: application/json' ${3:+-d "$3"} "$api$2"
}

await_up() {
  local deadline=$((SECONDS + 600))
  until curl -sf -o /dev/null $api/health; do
    [ $SECONDS -lt $deadline ] || fail "the manager does not answer: $(journalctl -n 30 -u letargo-hook -u letargo-manager)"
    sleep 1
  done
}

# await_hook: after it was killed or restarted
await_hook() {
  local deadline=$((SECONDS + 600))
  until systemctl -q is-active letargo-hook && curl -sf $api/health | grep -q '"hook":"up"'; do
    [ $SECONDS -lt $deadline ] || fail "the hook does not come back: $(journalctl -n 30 -u letargo-hook)"
    sleep 0.5
  done
}

# await_operation OPERATION-JSON: until it has ended; fails with what it says
await_operation() {
  local id state answer=$1
  id=$(jq -r .id <<<"$answer")
  [ "$id" != null ] || fail "$answer"
  while :; do
    state=$(jq -r .state <<<"$answer")
    case $state in
      running) sleep 0.3 && answer=$(ask GET "/v1/operations/$id") ;;
      succeeded) say "$(jq -r '"\(.kind) \(.vps // .template)"' <<<"$answer")"; return ;;
      *) fail "$(jq -r '"\(.kind) \(.vps): \(.error.message)"' <<<"$answer")" ;;
    esac
  done
}

create() { await_operation "$(ask POST /v1/vps "$1")"; }
# change VERB NAME
change() { await_operation "$(ask POST "/v1/vps/$2/$1")"; }
destroy() { await_operation "$(ask DELETE "/v1/vps/$1")"; }
state_of() { ask GET "/v1/vps/$1" | jq -r .state; }

# inside NAME COMMAND...: runs it in a VPS
inside() {
  local name=$1
  shift
  runc --root /run/letargo/runc exec "$name" "$@"
}

await_systemd() { # NAME: prints running, degraded, ...
  local deadline=$((SECONDS + 600))
  until inside "$1" test -S /run/dbus/system_bus_socket || inside "$1" test -S /run/systemd/private; do
    [ $SECONDS -lt $deadline ] || fail "systemd of $1 does not come up"
    sleep 1
  done
  inside "$1" timeout 240 systemctl is-system-running --wait || true
}

# start_answering NAME: it counts for whoever connects to its port 7
start_answering() {
  inside "$1" sh -c 'cat >/root/ticks; chmod 755 /root/ticks' <<'END'
#!/bin/sh
n=0
while read -r line; do
  n=$((n + 1))
  echo $n
done
END
  inside "$1" sh -c 'setsid nc -ll -p 7 -e /root/ticks </dev/null >/dev/null 2>&1 &'
}

# connect NAME: the one connection of tick
connect() {
  exec 5<>"/dev/tcp/$(ask GET "/v1/vps/$1" | jq -r .address)/7"
  ticks=0
}

# tick WHEN: over that connection
tick() {
  local answer
  ticks=$((ticks + 1))
  echo >&5
  read -r -t 60 answer <&5 || fail "the VPS does not answer on the connection, $1"
  expect "what the VPS counts over the same connection, $1" $ticks "$answer"
}

# exposure: what systemd thinks of the units, 0 to 10; the manager's, which needs next to nothing, is below 2
exposure() {
  systemd-analyze security --threshold=19 --no-pager letargo-manager.service >/tmp/security ||
    fail "the manager's unit: $(tail -n 1 /tmp/security)"
  systemd-analyze security --no-pager letargo-hook.service >>/tmp/security
  say "ok: $(grep Overall /tmp/security | sed 's/[^ -~]//g; s/^ *//; s/Overall exposure level for //' | xargs)"
}

# options of the host's cgroup2 mount
cgroup_options() { awk '$5 == "/sys/fs/cgroup"' /proc/self/mountinfo; }

# note_platform FOLDER: what this guest is and what runs here, with the programs of FOLDER and as the hook tells; for
# docs/platforms.md
note_platform() {
  local java
  java=$(sed -n "s/^exec '\([^']*\)'.*/\1/p" "$1/bin/letargo-hook")
  printf '%s | %s | %s | %s | %s | %s | %s | %s | %s\n' \
    "$(. /etc/os-release && echo "$PRETTY_NAME")" "$(uname -r)" "$(ask GET /v1/host | jq -r .cgroups)" \
    "$(systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')" \
    "$(dpkg-query --show --showformat '${Version}' runc)" "$(dpkg-query --show --showformat '${Version}' conmon)" \
    "$(cat "$1/criu/version")" "$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$(dirname "$java")/../release")" \
    "$(ask GET /v1/host | jq -r '.features | join(", ")')" >/var/tmp/platform
}

# reboot_guest: ends this stage of the scenario; the next one runs after the reboot
reboot_guest() { exit 194; }
