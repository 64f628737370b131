# Sourced by scripts/install: the launchers, small shell programs that start a JVM.
# shellcheck shell=bash

# Every JVM of ours loads native code (JNA, SQLite, zstd), and says which so that JDK 25 does not warn.
common_flags='--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow'

# A server is small and runs for months; and it is better dead and started again than short of memory.
server_flags='-XX:+UseSerialGC -XX:+UseCompactObjectHeaders -XX:+ExitOnOutOfMemoryError'

# A command is over before an optimising compiler would be of use. What a JVM has to say about a cache that does not fit
# is no output of a command.
command_flags='-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xlog:disable'

# write_launcher FILE JAVA PREFIX PROGRAM MAIN_CLASS FLAGS...
write_launcher() {
  local file=$1 java=$2 prefix=$3 program=$4 main=$5
  local locale='export LC_ALL=C.UTF-8' another='' name
  name=$(basename "$file")
  if [ "$main" = org.letargo.manager.cli.LetargoCli ]; then
    # shellcheck disable=SC2016 # the launcher expands them
    locale='if [ -z "${LC_ALL:-}${LC_CTYPE:-}${LANG:-}" ]; then export LC_ALL=C.UTF-8; fi'
    # shellcheck disable=SC2016
    another='# scripts/rehearse runs many commands at once
if [ -n "${LETARGO_REHEARSAL:-}" ]; then main=org.letargo.manager.cli.Rehearsal; fi'
  fi
  if [ "$main" = org.letargo.hook.HookMain ]; then
    # processes of VPSes must reach what the hook makes for them; it takes away itself what they must not
    locale="umask 022
$locale"
  fi
  shift 5
  cat >"$file" <<EOF
#!/bin/sh
# Starts $main. Written by scripts/install. LETARGO_JAVA_OPTS adds flags for the JVM.
# The JVM takes names of files in the locale's encoding: without a locale it would lose all but ASCII.
$locale
# the folder itself, not the link: jars of two versions never meet in one process
lib=\$(readlink -f '$prefix/lib/current')
main=$main
$another
# made by scripts/rehearse; everything works without it
cache=\$lib/$name.aot
[ -f "\$cache" ] || cache=''
# shellcheck disable=SC2086
exec '$java' $common_flags $* \${cache:+"-XX:AOTCache=\$cache"} \${LETARGO_JAVA_OPTS:-} -cp "\$lib/$program/*" "\$main" "\$@"
EOF
  chmod 755 "$file"
}

# write_launchers TARGET PREFIX JAVA: into the folder TARGET, which will be found as PREFIX
write_launchers() {
  write_launcher "$1/bin/letargo" "$3" "$2" manager org.letargo.manager.cli.LetargoCli "$command_flags"
  write_launcher "$1/bin/letargo-hook" "$3" "$2" hook org.letargo.hook.HookMain \
    "$server_flags" -Xmx512m -XX:MaxDirectMemorySize=5g "-Dletargo.relay=$2/bin/letargo-relay"
  write_launcher "$1/bin/letargo-manager" "$3" "$2" manager org.letargo.manager.ManagerMain "$server_flags" -Xmx256m
}
