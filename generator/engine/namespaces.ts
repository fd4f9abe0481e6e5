/**
 * The namespaces of a private engine: how they are made and how they are entered.
 *
 * One process, the first of a PID namespace, holds everything: `unshare --kill-child` ties it to its parent, the
 * kernel ties all others to it. Scripts get values as arguments only, so nothing in them has to be quoted.
 */

/** Run on the machine: starts the first process in a session of its own, so that it outlives labgen and its terminal. */
export const LAUNCH = `setsid unshare --net --mount --pid --fork --kill-child --propagation private \\
  sh "$1/engine.sh" "$2" "$1" "$3" "$4" begin </dev/null >>"$1/engine.log" 2>&1 &`;

/** The first process, up to the daemon. `begin` runs in the machine's cgroups, `inside` in those of the engine. */
const BEFORE_DAEMON = `#!/bin/sh
# The first process of a private engine of labgen: when it ends, everything in its namespaces ends.
set -eu
id=$1 run=$2 data=$3 kvm=$4 phase=$5
mounts=$(cat /proc/self/mounts)

if [ "$phase" = begin ]; then
  # /proc is still the machine's: this is the process as seen from outside.
  read -r stat </proc/self/stat
  printf '%s\\n' "$stat" "$(readlink /proc/self/ns/net)" >"$run/first-process.new"
  mv "$run/first-process.new" "$run/first-process"

  # A cgroup of our own in each hierarchy, then a cgroup namespace: whatever containers make stays below it.
  while read -r _ where type _; do
    case $type in cgroup | cgroup2) ;; *) continue ;; esac
    mkdir -p "$where/labgen-$id"
    if [ "$type" = cgroup ] && [ -e "$where/cpuset.mems" ]; then
      # Version 1 starts a cpuset empty, and an empty one takes no process.
      cat "$where/cpuset.cpus" >"$where/labgen-$id/cpuset.cpus"
      cat "$where/cpuset.mems" >"$where/labgen-$id/cpuset.mems"
    fi
    echo 0 >"$where/labgen-$id/cgroup.procs"
  done <<MOUNTS
$mounts
MOUNTS
  exec unshare --cgroup sh "$0" "$id" "$run" "$data" "$kvm" inside
fi

# /sys must be mounted anew to show this network's interfaces, and that hides the cgroups: mount them again.
links=$(for link in /sys/fs/cgroup/*; do
  if [ -L "$link" ]; then printf '%s %s\\n' "$(readlink "$link")" "$link"; fi
done)
# (mount -n: no notes in the machine's /run/mount.)
mount -n -t proc proc /proc
umount -n -R -l /sys
mount -n -t sysfs sysfs /sys
if [ -d /sys/kernel/security ]; then mount -n -t securityfs securityfs /sys/kernel/security || true; fi
case $mounts in
  *" /sys/fs/cgroup cgroup2 "*) ;;
  *) mount -n -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup ;;
esac
while read -r _ where type options _; do
  case $type in
    cgroup)
      mkdir -p "$where"
      mount -n -t cgroup -o "$options" cgroup "$where"
      ;;
    cgroup2)
      mkdir -p "$where"
      mount -n -t cgroup2 cgroup2 "$where"
      # Version 2 gives controllers only to a cgroup that holds no process itself.
      mkdir -p "$where/init"
      echo 0 >"$where/init/cgroup.procs"
      ;;
  esac
done <<MOUNTS
$mounts
MOUNTS
while read -r target link; do
  if [ -n "$link" ]; then ln -s "$target" "$link"; fi
done <<LINKS
$links
LINKS

# A /run of our own: no socket of the machine's daemons is in reach, and shims leave nothing behind there.
mkdir -p "$run/new"
mount -n -t tmpfs -o mode=755 tmpfs "$run/new"
mkdir -p "$run/new/lock" "$run/new/labgen/$id"
chmod 1777 "$run/new/lock"
mount -n --bind "$run" "$run/new/labgen/$id"
mount -n --move "$run/new" /run

ip link set lo up
# A bridge between nodes is a plain cable here: the engine's own packet filter must not judge what crosses it.
for call in iptables ip6tables arptables; do
  if [ -e "/proc/sys/net/bridge/bridge-nf-call-$call" ]; then
    echo 0 >"/proc/sys/net/bridge/bridge-nf-call-$call"
  fi
done
echo 1 >/proc/sys/net/ipv4/ip_forward
`;

/** The first process collects orphans while it waits; the daemon's end is the engine's end. */
const AFTER_DAEMON = `
code=0
wait "$daemon" || code=$?
echo "labgen: the daemon ended with exit code $code"
exit "$code"
`;

export function engineScript(daemonPart: string): string {
  return `${BEFORE_DAEMON}\n${daemonPart.trim()}\n${AFTER_DAEMON}`;
}

/**
 * argv to put before a command.
 *
 * - nsenter stays outside as the parent. It must outlive a Ctrl-C, a lost terminal and a polite end, to hand on the
 *   exit code of a command that is still tidying up: these signals are ignored there and given back inside. If it is
 *   killed, the command inside is told.
 * - Entering a mount namespace moves a process to `/`, and `nsenter --wdns` is too young (util-linux 2.38): the
 *   working directory goes along as the first word.
 */
export function enterNamespaces(pid: number): readonly string[] {
  const inside = `setpriv --pdeathsig TERM env --default-signal=INT,HUP,TERM sh -c 'cd "$0" && exec "$@"'`;
  const script = `trap '' INT HUP TERM; exec nsenter --target ${pid} --net --mount --pid -- ${inside} "$(pwd -P)" "$@"`;
  return ['sh', '-c', script, 'labgen-enter'];
}
