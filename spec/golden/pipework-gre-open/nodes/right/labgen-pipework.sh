#!/bin/sh
# The lab pipework-gre, node right; rendered by labgen. Interfaces in containers, put there from outside Docker:
#   labgen-pipework.sh start|stop|status|watch|remove
#   labgen-pipework.sh BRIDGE [-i INTERFACE] [-l PORT] [-a 4|6] CONTAINER ADDRESS/PREFIX[@GATEWAY] [MAC][@VLAN]
# The second form is pipework's own; unlike pipework, it may be said twice. It says "changed:" for each thing it did.
set -eu

STATE=/run/labgen/pipework

# each VERB WORD…: VERB, with the words of every interface of the lab in turn.
each() {
  "$@" br0 c2 10.2.0.10/24@10.2.0.254 02:42:0a:02:00:0a
}

die() {
  echo "labgen: $*" >&2
  exit 1
}

usage() {
  sed -n 's/^#   labgen-pipework.sh/usage: labgen-pipework.sh/p' "$0" >&2
  exit 2
}

# Open vSwitch's own tool, where Open vSwitch runs; it would wait for ever where it does not.
ovs() {
  [ -S /run/openvswitch/db.sock ] && ovs-vsctl --timeout=30 "$@"
}

# port_name CONTAINER INTERFACE: the node's end of the cable. The kernel allows 15 characters.
port_name() {
  name=pw-$1
  [ "$2" = eth1 ] || name=${name}_$2
  [ "${#name}" -le 15 ] || name=pw-$(printf '%s %s' "$1" "$2" | sha256sum | cut -c 1-12)
  echo "$name"
}

# parse WORD…: pipework's words into variables.
parse() {
  words=$*
  bridge=$1 interface=eth1 port='' family=4
  shift
  while [ $# -ge 2 ]; do
    case $1 in
      -i) interface=$2 ;;
      -l) port=$2 ;;
      -a) family=$2 ;;
      *) break ;;
    esac
    shift 2
  done
  [ $# -eq 2 ] || [ $# -eq 3 ] || usage
  container=$1 address=${2%%@*} gateway='' mac=${3:-} vlan=''
  case $2 in *@*) gateway=${2#*@} ;; esac
  case $mac in *@*) vlan=${mac#*@} mac=${mac%%@*} ;; esac
  case $address in */*) ;; *) die "the address $address needs a prefix length, such as $address/24" ;; esac
  [ -n "$port" ] || port=$(port_name "$container" "$interface")
}

# What BRIDGE is: linux or ovs.
bridge_kind() {
  if [ -d "/sys/class/net/$bridge/bridge" ]; then
    echo linux
  elif ovs br-exists "$bridge"; then
    echo ovs
  else
    die "$bridge is not a bridge of this node"
  fi
}

# The bridge PORT is attached to, if any.
attached_to() {
  if [ -e "/sys/class/net/$port/brport/bridge" ]; then
    basename "$(readlink "/sys/class/net/$port/brport/bridge")"
  else
    ovs iface-to-br "$port" 2>/dev/null || true
  fi
}

# inside WORD…: a command of this node in the container's network namespace.
inside() {
  nsenter -t "$pid" -n "$@"
}

# Whether all is as WORDS say: made by them, both ends of the cable where they belong, the address still there.
is_plugged() {
  [ "$(cat "$STATE/$port" 2>/dev/null)" = "$owner $words" ] || return 1
  [ "$(inside ip -oneline link show dev "$interface" 2>/dev/null | cut -d : -f 1)" = "$(cat "/sys/class/net/$port/iflink" 2>/dev/null)" ] || return 1
  [ "$(attached_to)" = "$bridge" ] || return 1
  inside ip -oneline address show dev "$interface" to "${address%/*}" | grep -q .
}

# plug WORD…: makes the cable and joins both ends, unless it is there; nothing where the container does not run.
plug() {
  parse "$@"
  pid=$(docker inspect --type container --format '{{ .State.Pid }}' "$container" 2>/dev/null) || pid=0
  if [ "$pid" -eq 0 ]; then
    [ "$owner" = lab ] || die "the container $container does not run"
    unplug
    return 0
  fi
  if is_plugged; then
    return 0
  fi
  kind=$(bridge_kind)
  [ -z "$vlan" ] || [ "$kind" = ovs ] || die "$bridge is a Linux bridge; pipework tags ports of Open vSwitch only"
  unplug
  mtu=$(cat "/sys/class/net/$bridge/mtu")
  # shellcheck disable=SC2086 # an empty MAC is no word
  ip link add name "$port" mtu "$mtu" type veth \
    peer name "$interface" mtu "$mtu" ${mac:+address "$mac"} netns "$pid"
  if [ "$kind" = linux ]; then
    ip link set dev "$port" master "$bridge"
  else
    # The mark tells which ports to take away; Open vSwitch remembers them across a reboot.
    ovs add-port "$bridge" "$port" ${vlan:+tag="$vlan"} -- set interface "$port" external-ids:labgen=pipework
  fi
  ip link set dev "$port" up
  inside ip link set dev "$interface" up
  inside ip "-$family" address replace "$address" dev "$interface"
  if [ -n "$gateway" ]; then
    inside ip "-$family" route replace default via "$gateway" dev "$interface"
  fi
  mkdir -p "$STATE"
  echo "$owner $words" >"$STATE/$port"
  # Neighbours and switches learn where the address is now, without waiting to be asked.
  if [ "$family" = 4 ] && arping -V 2>&1 | grep -q iputils; then
    inside arping -q -A -c 1 -w 1 -I "$interface" "${address%/*}" || true
  fi
  echo "changed: $container has $interface with $address on $bridge"
}

# Takes the cable at PORT away, wherever its other end is.
unplug() {
  ovs --if-exists del-port "$port" || true
  ip link delete dev "$port" 2>/dev/null || true
  if [ -e "$STATE/$port" ]; then
    rm -f "$STATE/$port"
    echo "changed: took the cable $port away"
  fi
}

# Ports labgen made: of the lab, and those that Open vSwitch still remembers although their interface is gone.
ours() {
  for file in "$STATE"/*; do
    if grep -q '^lab ' "$file" 2>/dev/null; then
      basename "$file"
    fi
  done
  for port in $(ovs --bare --columns=name find interface external_ids:labgen=pipework || true); do
    [ -e "/sys/class/net/$port" ] || echo "$port"
  done
}

port_of() {
  parse "$@"
  echo "$port"
}

start() {
  each plug
  kept=$(each port_of)
  for port in $(ours | sort -u); do
    echo "$kept" | grep -qxF "$port" || unplug
  done
}

stop() {
  for port in $(ours | sort -u); do
    unplug
  done
}

# sync CONTAINER: plugs in, or takes away, what belongs to this one.
sync() {
  each sync_one "$1"
}

sync_one() {
  only=$1
  shift
  parse "$@"
  if [ "$container" = "$only" ]; then
    plug "$@"
  fi
}

# Containers that run now, then each one that starts or ends. Those that start in between are in the events, too.
watch() {
  since=$(date +%s)
  "$0" start || true
  docker events --since "$since" --filter type=container --filter event=start --filter event=die \
    --format '{{ .Actor.Attributes.name }}' | while read -r name; do
    "$0" sync "$name" || true
  done
}

status() {
  for file in "$STATE"/*; do
    [ -e "$file" ] || continue
    port=${file##*/}
    echo "$port: $(cut -d ' ' -f 2- "$file")"
    ip -brief link show dev "$port" || true
  done
}

# For a stage without any: unit and script go too.
remove() {
  systemctl disable --now --quiet labgen-pipework.service || true
  rm -f /etc/systemd/system/labgen-pipework.service "$0"
  systemctl daemon-reload
  echo 'changed: took pipework away'
}

# One at a time: the unit's watch and a hand may want the same.
alone() {
  mkdir -p /run/labgen
  exec 9>/run/labgen/pipework.lock
  flock 9
  "$@"
}

owner=lab
case "${1:-}" in
  watch | remove) "$1" ;;
  start | stop | status) alone "$1" ;;
  sync)
    [ $# -eq 2 ] || usage
    alone sync "$2"
    ;;
  '' | -*) usage ;;
  *)
    [ $# -ge 3 ] || usage
    # The lab's own words stay the lab's, also when a hand says them.
    is_ours() {
      if [ "$*" = "$hand" ]; then
        owner=lab
      fi
    }
    owner=hand hand=$*
    each is_ours
    alone plug "$@"
    ;;
esac
