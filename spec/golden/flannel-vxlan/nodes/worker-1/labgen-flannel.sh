#!/bin/sh
# The lab flannel, node worker-1; rendered by labgen. What flanneld's and dockerd's units call:
#   labgen-flannel.sh await|announce|flags|clean|status
set -eu

ADDRESS=192.168.56.101
NETWORK=10.100.0.0/16
LEASE=/run/flannel/subnet.env
ETCD=http://192.168.56.11:2379
PREFIX=/coreos.com/network

# The node's own address, which is given to it while it boots.
await() {
  tries=240
  until ip -oneline address show to "$ADDRESS" | grep -q .; do
    tries=$((tries - 1))
    if [ "$tries" -le 0 ]; then
      echo "labgen: no interface has the address $ADDRESS" >&2
      return 1
    fi
    sleep 0.5
  done
}

# flanneld watches etcd anew after each thing it hears, and is deaf in between: of nodes that start together one may miss
# another for good. So each touches its own lease a few times, which all others then hear of; nothing in it is changed.
announce() {
  subnet=$(sed -n 's/^FLANNEL_SUBNET=\([0-9.]*\/[0-9]*\)$/\1/p' "$LEASE")
  address=${subnet%/*}
  key=$(printf %s "$PREFIX/subnets/${address%.*}.$((${address##*.} - 1))-${subnet#*/}" | base64 -w 0)
  for pause in 1 3 7 15 30 60; do
    sleep "$pause"
    curl -sS --noproxy '*' --max-time 10 --output /dev/null \
      --data "{\"key\": \"$key\", \"ignore_value\": true, \"ignore_lease\": true}" "$ETCD/v3/kv/put" || true
  done &
}

# What flanneld leased, as words for dockerd's command line.
flags() {
  subnet=$(sed -n 's/^FLANNEL_SUBNET=\([0-9.]*\/[0-9]*\)$/\1/p' "$LEASE")
  mtu=$(sed -n 's/^FLANNEL_MTU=\([0-9]*\)$/\1/p' "$LEASE")
  if [ -z "$subnet" ] || [ -z "$mtu" ]; then
    echo "labgen: flanneld has leased no subnet yet ($LEASE)" >&2
    return 1
  fi
  mkdir -p /run/labgen
  echo "LABGEN_FLANNEL=--bip=$subnet --mtu=$mtu" >/run/labgen/flannel.env
}

# What flanneld leaves behind when it ends: another backend would trip over it.
clean() {
  for device in flannel.1 flannel0; do
    if [ -e "/sys/class/net/$device" ]; then
      ip link delete dev "$device" 2>/dev/null || true
    fi
  done
  # By its lease: another stage's network may be in this script already.
  leased=$(sed -n 's/^FLANNEL_NETWORK=\([0-9.]*\/[0-9]*\)$/\1/p' "$LEASE" 2>/dev/null) || true
  for network in "$NETWORK" ${leased:+"$leased"}; do
    ip -4 route show root "$network" | while read -r to via gateway rest; do
      if [ "$via" = via ]; then
        ip route delete "$to" via "$gateway" || echo "labgen: the route to $to stays ($rest)" >&2
      fi
    done
  done
  if iptables -w 5 -t nat -S FLANNEL-POSTRTG >/dev/null 2>&1; then
    iptables -w 5 -t nat -D POSTROUTING -m comment --comment 'flanneld masq' -j FLANNEL-POSTRTG 2>/dev/null || true
    iptables -w 5 -t nat -F FLANNEL-POSTRTG
    iptables -w 5 -t nat -X FLANNEL-POSTRTG
  fi
}

status() {
  cat "$LEASE"
  ip -4 route show root "$NETWORK"
}

case "${1:-}" in
  await | announce | flags | clean | status) "$1" ;;
  *)
    echo "usage: $0 await|announce|flags|clean|status" >&2
    exit 2
    ;;
esac
