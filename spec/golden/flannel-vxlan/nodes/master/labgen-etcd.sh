#!/bin/sh
# The lab flannel, node master; rendered by labgen. What flannel has to find in etcd:
#   labgen-etcd.sh await|config|status
set -eu

ADDRESS=192.168.56.11
PREFIX=/coreos.com/network
NETWORK=10.100.0.0/16
CONFIG='{"Network":"10.100.0.0/16","SubnetLen":24,"Backend":{"Type":"vxlan"}}'

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

# The distribution's client may still speak version 2 by itself, which flannel does not.
ask() {
  ETCDCTL_API=3 etcdctl --endpoints "http://$ADDRESS:2379" "$@"
}

# Puts flannel's configuration there, unless it is there already; it says "changed:" where it did.
config() {
  tries=60
  until ask endpoint health >/dev/null 2>&1; do
    tries=$((tries - 1))
    if [ "$tries" -le 0 ]; then
      echo "labgen: etcd does not answer on $ADDRESS" >&2
      return 1
    fi
    sleep 1
  done
  old=$(ask get --print-value-only "$PREFIX/config")
  if [ "$old" = "$CONFIG" ]; then
    return 0
  fi
  case $old in
    '' | *"\"Network\":\"$NETWORK\""*) ;;
    # Leases in another network are of no use to anybody.
    *) ask del --prefix "$PREFIX/subnets/" >/dev/null ;;
  esac
  ask put "$PREFIX/config" "$CONFIG" >/dev/null
  echo "changed: flannel's configuration is $CONFIG"
}

# leave: a stage without flannel needs no etcd either; what it kept stays on the disk.
leave() {
  systemctl disable --now etcd.service
  rm -f /etc/systemd/system/etcd.service.d/50-labgen.conf
  systemctl daemon-reload
}

status() {
  ask get --prefix "$PREFIX"
}

case "${1:-}" in
  await | config | leave | status) "$1" ;;
  *)
    echo "usage: $0 await|config|leave|status" >&2
    exit 2
    ;;
esac
