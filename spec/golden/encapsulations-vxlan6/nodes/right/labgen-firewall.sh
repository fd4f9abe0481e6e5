#!/bin/sh
# The lab encapsulations, node right; rendered by labgen. Packet filter rules, in chains of their own:
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

# Docker 28.2 and later drops what is routed to a container's address, in the raw table, before any other rule.
# The flag that switches this off is the sign that it is there; older daemons do not know it.
routed_rule() {
  if dockerd --help 2>/dev/null | grep -q -e --allow-direct-routing; then
    rule "$@"
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

  chain filter DOCKER-USER LABGEN-FORWARD
  # let what arrives through vxlan-left reach the containers
  rule filter LABGEN-FORWARD -s 10.64.11.0/24 -d 10.64.12.0/24 -i vxlan-left -o docker0 -j ACCEPT

  chain raw PREROUTING LABGEN-PREROUTING
  # Docker 28.2 and later drops packets routed to a container before any other table sees them
  routed_rule raw LABGEN-PREROUTING -s 10.64.11.0/24 -d 10.64.12.0/24 -i vxlan-left -j ACCEPT

  chain nat POSTROUTING LABGEN-POSTROUTING
  # keep the container's own address; Docker would masquerade it
  rule nat LABGEN-POSTROUTING -s 10.64.12.0/24 -d 10.64.11.0/24 -o vxlan-left -j ACCEPT
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
  iptables -w 5 -t filter -nvL LABGEN-FORWARD
  iptables -w 5 -t raw -nvL LABGEN-PREROUTING
  iptables -w 5 -t nat -nvL LABGEN-POSTROUTING
}

case "${1:-}" in
  start | stop | status) "$1" ;;
  *)
    echo "usage: $0 start|stop|status" >&2
    exit 2
    ;;
esac
