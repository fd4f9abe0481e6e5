#!/bin/sh
# The lab weave, node host-2; rendered by labgen. Links, addresses, routes and kernel settings:
#   labgen-network.sh start|stop|status
# It may be started again at any time, and stop takes away only what start made.
set -eu

STATE=/run/labgen/network

# wait_for ADDRESS: the node's own address, which is given to it while it boots.
wait_for() {
  tries=60
  until ip -oneline address show to "$1" | grep -q .; do
    tries=$((tries - 1))
    if [ "$tries" -le 0 ]; then
      echo "labgen: no interface has the address $1" >&2
      return 1
    fi
    sleep 0.5
  done
}

# need MODULE: a kernel module; where machines share a kernel it may be there already, or built in.
need() {
  modprobe "$1" 2>/dev/null || [ -d "/sys/module/$1" ] || grep -q " $1\$" /proc/misc || grep -q "/$1\.ko" "/lib/modules/$(uname -r)/modules.builtin" 2>/dev/null || {
    echo "labgen: the kernel has no module $1" >&2
    return 1
  }
}

# link NAME TYPE OPTION…: makes the interface, unless labgen made it exactly so before.
link() {
  name=$1
  shift
  if [ -e "/sys/class/net/$name" ]; then
    if [ "$(cat "$STATE/link.$name" 2>/dev/null)" = "$*" ]; then
      return 0
    fi
    if [ ! -e "$STATE/link.$name" ]; then
      echo "labgen: the interface $name is there already, and labgen did not make it" >&2
      return 1
    fi
    ip link delete dev "$name"
  fi
  ip link add name "$name" type "$@"
  echo "$*" >"$STATE/link.$name"
}

# route WORD…: a route, written down for stop.
route() {
  ip route replace "$@"
  grep -qxF "$*" "$STATE/routes" 2>/dev/null || echo "$*" >>"$STATE/routes"
}

# setting KEY VALUE: a sysctl; its old value is kept for stop.
setting() {
  [ -e "$STATE/sysctl.$1" ] || sysctl --values "$1" >"$STATE/sysctl.$1"
  sysctl --quiet --write "$1=$2"
}

start() {
  mkdir -p "$STATE"

  # weave finds the MTU by a dummy interface
  need dummy

  # weave's fast datapath
  need openvswitch

  # weave's fast datapath
  need vxlan

  # weave's fast datapath is encrypted by IPsec
  need xfrm_user

  # weave's fast datapath is encrypted by IPsec
  need esp4

  # a container cannot load what iptables-legacy needs
  need ip_tables

  # a container cannot load what iptables-legacy needs
  need iptable_filter

  # a container cannot load what iptables-legacy needs
  need iptable_nat

  # a container cannot load what iptables-legacy needs
  need iptable_mangle
}

# What start wrote down, also an earlier stage's: so a new script takes the old one's work away.
stop() {
  if [ -e "$STATE/routes" ]; then
    while read -r words; do
      # shellcheck disable=SC2086 # one word each
      ip route delete $words 2>/dev/null || true
    done <"$STATE/routes"
  fi
  for made in "$STATE"/link.*; do
    [ -e "$made" ] || continue
    ip link delete dev "${made##*/link.}" 2>/dev/null || true
  done
  for made in "$STATE"/ovs.*; do
    [ -e "$made" ] || continue
    ovs-vsctl --timeout=30 --if-exists del-br "${made##*/ovs.}" || true
  done
  for kept in "$STATE"/sysctl.*; do
    [ -e "$kept" ] || continue
    sysctl --quiet --write "${kept##*/sysctl.}=$(cat "$kept")" || true
  done
  rm -rf "$STATE"
}

status() {
  ip -brief address
  ip route
}

case "${1:-}" in
  start | stop | status) "$1" ;;
  *)
    echo "usage: $0 start|stop|status" >&2
    exit 2
    ;;
esac
