#!/bin/sh
# The lab everything, node bare; rendered by labgen. Packet filter rules, in chains of their own:
#   labgen-firewall.sh start|stop|status
# Nothing that others wrote is changed or flushed.
set -eu

POLICY=/run/labgen/firewall.policy
POLICY6=/run/labgen/firewall6.policy

# chain TABLE HOOK CHAIN: an empty chain of ours, looked at before anything else in HOOK.
chain() {
  iptables -w 5 -t "$1" -N "$3" 2>/dev/null || iptables -w 5 -t "$1" -F "$3"
  iptables -w 5 -t "$1" -D "$2" -j "$3" 2>/dev/null || true
  iptables -w 5 -t "$1" -I "$2" 1 -j "$3"
}

# rule TABLE CHAIN WORD…
rule() {
  table=$1
  shift
  iptables -w 5 -t "$table" -A "$@"
}

# sweep PREFIX BRIDGE: chains somebody left here and no longer looks after, the rules that lead there or name the bridge,
# and a FORWARD policy that is no longer theirs. Rules of others are put back as they were, in one step.
sweep() {
  # While a stage changes, dockerd may already write rules again: then they are its own to keep.
  daemon=$(systemctl show --property MainPID --value docker.service)
  if ! grep -qzxe '--iptables=false' "/proc/$daemon/cmdline" 2>/dev/null; then
    return 0
  fi
  for table in filter nat raw mangle; do
    before=$(iptables-save -t "$table")
    after=$(printf '%s\n' "$before" | sed \
      -e "/^:$1/d" -e "/^-A $1/d" -e "/ -[jg] $1/d" \
      -e "/^-A [A-Z]* .*-[io] $2 /d" -e '/^-A [A-Z]* .*-[io] br-[0-9a-f]\{12\} /d' \
      -e '/^-A POSTROUTING -s \([^ ]*\) -d \1 .*-j MASQUERADE$/d')
    if [ "$before" != "$after" ]; then
      printf '%s\n' "$after" | iptables-restore -w 5
    fi
  done
  if iptables -w 5 -S FORWARD | grep -qx -e '-P FORWARD DROP'; then
    iptables -w 5 -P FORWARD ACCEPT
    mkdir -p "${POLICY%/*}"
    echo DROP >"$POLICY"
  fi
}

# chain6 TABLE HOOK CHAIN: an empty chain of ours, looked at before anything else in HOOK.
chain6() {
  ip6tables -w 5 -t "$1" -N "$3" 2>/dev/null || ip6tables -w 5 -t "$1" -F "$3"
  ip6tables -w 5 -t "$1" -D "$2" -j "$3" 2>/dev/null || true
  ip6tables -w 5 -t "$1" -I "$2" 1 -j "$3"
}

# rule6 TABLE CHAIN WORD…
rule6() {
  table=$1
  shift
  ip6tables -w 5 -t "$table" -A "$@"
}

# docker_chain6 TABLE HOOK CHAIN: Docker before 23.0 has no DOCKER-USER for IPv6; then FORWARD itself is the place.
docker_chain6() {
  if ip6tables -w 5 -t "$1" -S "$2" >/dev/null 2>&1; then
    chain6 "$1" "$2" "$3"
  else
    chain6 "$1" FORWARD "$3"
  fi
}

start() {
  # what dockerd wrote before it was told to keep its hands off
  sweep DOCKER br-own
  : # no rules on this node
}

# Every chain of ours with the jumps to it, also an earlier stage's.
stop() {
  for table in filter nat raw mangle; do
    iptables -w 5 -t "$table" -S | sed -n 's/^-A \([^ ]*\) -j \(LABGEN-[A-Z]*\)$/\1 \2/p' | while read -r parent name; do
      iptables -w 5 -t "$table" -D "$parent" -j "$name"
    done
    iptables -w 5 -t "$table" -S | sed -n 's/^-N \(LABGEN-[A-Z]*\)$/\1/p' | while read -r name; do
      iptables -w 5 -t "$table" -F "$name"
      iptables -w 5 -t "$table" -X "$name"
    done
  done
  # The policy an earlier stage took from Docker.
  if [ -e "$POLICY" ]; then
    iptables -w 5 -P FORWARD "$(cat "$POLICY")"
    rm "$POLICY"
  fi
  for table in filter nat raw mangle; do
    ip6tables -w 5 -t "$table" -S | sed -n 's/^-A \([^ ]*\) -j \(LABGEN-[A-Z]*\)$/\1 \2/p' | while read -r parent name; do
      ip6tables -w 5 -t "$table" -D "$parent" -j "$name"
    done
    ip6tables -w 5 -t "$table" -S | sed -n 's/^-N \(LABGEN-[A-Z]*\)$/\1/p' | while read -r name; do
      ip6tables -w 5 -t "$table" -F "$name"
      ip6tables -w 5 -t "$table" -X "$name"
    done
  done
  # The policy an earlier stage took from Docker.
  if [ -e "$POLICY6" ]; then
    ip6tables -w 5 -P FORWARD "$(cat "$POLICY6")"
    rm "$POLICY6"
  fi
}

status() {
  : # no rules on this node
}

case "${1:-}" in
  start | stop | status) "$1" ;;
  *)
    echo "usage: $0 start|stop|status" >&2
    exit 2
    ;;
esac
