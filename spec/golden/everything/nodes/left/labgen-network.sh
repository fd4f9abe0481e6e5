#!/bin/sh
# The lab everything, node left; rendered by labgen. Links, addresses, routes and kernel settings:
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

# port BRIDGE NAME: attaches an interface of the node.
port() {
  ip link set dev "$2" master "$1" up
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

# ipv6: the kernel speaks it, also on interfaces that come later; in a container it was told not to.
ipv6() {
  if [ ! -d /proc/sys/net/ipv6 ]; then
    echo "labgen: the kernel has no IPv6" >&2
    return 1
  fi
  setting net.ipv6.conf.lo.disable_ipv6 0
  setting net.ipv6.conf.default.disable_ipv6 0
}

# address6 ADDRESS CIDR: an IPv6 address for the interface that has the node's own ADDRESS; it is called otherwise under
# each provider. Nobody else has it, so it is of use at once (nodad); it stays while the interface is down; and the
# interface takes no other from routers.
address6() {
  dev=$(ip -oneline address show to "$1" | head -n 1 | cut -d ' ' -f 2)
  setting "net.ipv6.conf.$dev.accept_ra" 0
  setting "net.ipv6.conf.$dev.autoconf" 0
  setting "net.ipv6.conf.$dev.accept_dad" 0
  setting "net.ipv6.conf.$dev.keep_addr_on_down" 1
  setting "net.ipv6.conf.$dev.disable_ipv6" 0
  ip -6 address replace "$2" dev "$dev" nodad
  grep -qxF "$2 dev $dev" "$STATE/addresses" 2>/dev/null || echo "$2 dev $dev" >>"$STATE/addresses"
}

start() {
  mkdir -p "$STATE"
  wait_for 192.168.56.11

  # the tunnel 'pair' is GRE
  need ip_gre
  ipv6

  # the bridge br0
  link br0 bridge
  ip link set dev br0 address 02:42:0a:04:00:01 up
  ip address replace 10.4.0.1/24 dev br0

  # GRE tunnel "pair" to right
  link to-right gre local 192.168.56.11 remote 192.168.56.12 ttl 64
  ip link set dev to-right mtu 1400 up
  ip address replace 172.18.255.254/32 dev to-right
  ip address replace fd10:255::11/128 dev to-right nodad
  port br0 eth1
  route 172.19.0.0/16 dev to-right # containers on right
  route fd10:255::12/128 dev to-right # the far end on right
  route 192.168.60.0/25 via 192.168.56.20 # a route of the lab
}

# What start wrote down, also an earlier stage's: so a new script takes the old one's work away.
stop() {
  if [ -e "$STATE/routes" ]; then
    while read -r words; do
      # shellcheck disable=SC2086 # one word each
      ip route delete $words 2>/dev/null || true
    done <"$STATE/routes"
  fi
  if [ -e "$STATE/addresses" ]; then
    while read -r words; do
      # shellcheck disable=SC2086 # one word each
      ip -6 address delete $words 2>/dev/null || true
    done <"$STATE/addresses"
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
  ip -6 route
}

case "${1:-}" in
  start | stop | status) "$1" ;;
  *)
    echo "usage: $0 start|stop|status" >&2
    exit 2
    ;;
esac
