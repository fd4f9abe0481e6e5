#!/bin/sh
# The lab everything, node right; rendered by labgen. The node's part in a swarm:
#   labgen-swarm.sh leave, status, init, invite, networks, images, services, start, stop
# Each may be run again at any time; it says "changed:" for each thing it did.
# shellcheck disable=SC2016,SC2119,SC2120 # what a task is given is not for this shell; some are left without a word
set -eu

LAB=everything

# about FIELD: what dockerd says of the swarm this node is in.
about() {
  docker info --format "{{ .Swarm.$1 }}"
}

# settle: waits while dockerd looks for the swarm it was in.
settle() {
  tries=60
  while [ "$(about LocalNodeState)" = pending ]; do
    tries=$((tries - 1))
    if [ "$tries" -le 0 ]; then
      echo "labgen: $(hostname) still looks for its swarm: $(about Error)" >&2
      return 1
    fi
    sleep 1
  done
}

made() {
  printf '%s\n' "$@" | sha256sum | cut -c 1-16
}

# wanted NETWORK: what an overlay network of the lab was made by; nothing where the lab has none of that name.
wanted() {
  case "$1" in
    mesh)
      made --driver overlay \
    --subnet 10.230.0.0/24 \
    --attachable \
    --opt encrypted \
    --opt com.docker.network.driver.mtu=1400
      ;;
    plain)
      made --driver overlay
      ;;
    *) ;;
  esac
}

# release: containers on overlay networks that are no longer as they were; they would hold them.
release() {
  docker network ls --filter driver=overlay --filter "label=labgen.swarm=$LAB" --format '{{ .Name }}' | while read -r network; do
    if [ "$(docker network inspect --format '{{ index .Labels "labgen.made" }}' "$network" 2>/dev/null)" != "$(wanted "$network")" ]; then
      evict "$network"
    fi
  done
}

evict() {
  docker ps --all --filter "network=$1" --filter "label=labgen.lab=$LAB" --format '{{ .Names }}' | while read -r name; do
    docker rm --force "$name" >/dev/null
    echo "changed: removed $name, which held the network $1"
  done
}

# leave [workers]: out of any swarm; with "workers", only where this node rules none. Managers go last.
leave() {
  settle
  if [ "$(about LocalNodeState)" = inactive ]; then
    return 0
  fi
  if [ "${1:-}" = workers ] && [ "$(about ControlAvailable)" = true ]; then
    return 0
  fi
  docker network ls --filter driver=overlay --filter "label=labgen.swarm=$LAB" --format '{{ .Name }}' | while read -r network; do
    evict "$network"
  done
  [ "$(about ControlAvailable)" != true ] || demote
  docker swarm leave --force >/dev/null
  echo 'changed: left the swarm'
}

# demote: this manager out of those who rule. A manager that merely leaves is counted on by the others, and once most of
# those they count have gone nobody rules. The last one cannot be demoted, and need not.
demote() {
  timeout 60 docker node demote "$(about NodeID)" >/dev/null 2>&1 || return 0
  tries=60
  while [ "$(about ControlAvailable)" = true ] && [ "$tries" -gt 0 ]; do
    tries=$((tries - 1))
    sleep 1
  done
}

# images: a swarm always tries to pull; an image made on this node gets a name that no registry could be asked for.
images() {
  image tiny localhost:1/tiny:4b3654e3ebaae846
  image toolbox localhost:1/toolbox:latest
}

image() {
  if [ "$(docker image inspect --format '{{ .Id }}' "$2" 2>/dev/null)" != "$(docker image inspect --format '{{ .Id }}' "$1")" ]; then
    docker tag "$1" "$2"
    echo "changed: named $1 $2"
  fi
}

# init: makes the swarm, unless this node rules one with these addresses already.
init() {
  settle
  release
  if [ "$(about ControlAvailable)" = true ]; then
    pool=$(docker info --format '{{ with .Swarm.Cluster }}{{ .DefaultAddrPool }}{{ end }}')
    if [ -z "$pool" ]; then
      echo 'labgen: the swarm has no leader; are most of its managers up?' >&2
      return 1
    fi
    if [ "$pool" = '[10.220.0.0/16]' ] && [ "$(about NodeAddr)" = 192.168.56.12 ]; then
      return 0
    fi
  fi
  leave
  # A slow machine answers late, and one that boots later still: after three times 5 s, as is usual, its tasks would be
  # given to others. What init prints is the token.
  docker swarm init --advertise-addr 192.168.56.12 --dispatcher-heartbeat 15s \
    --default-addr-pool 10.220.0.0/16 --default-addr-pool-mask-length 24 >/dev/null
  echo 'changed: made the swarm'
}

# invite worker|manager: the token for one who joins, and the nodes that are in.
invite() {
  docker swarm join-token --quiet "$1"
  docker node ls --quiet
}

# networks: makes the overlay networks, and takes away those the lab has no longer.
networks() {
  docker network ls --filter driver=overlay --filter "label=labgen.swarm=$LAB" --format '{{ .Name }}' | while read -r network; do
    if [ "$(docker network inspect --format '{{ index .Labels "labgen.made" }}' "$network")" != "$(wanted "$network")" ]; then
      drop "$network"
    fi
  done
  network mesh --driver overlay \
    --subnet 10.230.0.0/24 \
    --attachable \
    --opt encrypted \
    --opt com.docker.network.driver.mtu=1400
  network plain --driver overlay
}

# network NAME WORD…: docker network create, unless it is there.
network() {
  name=$1
  shift
  if [ "$(docker network inspect --format '{{ index .Labels "labgen.made" }}' "$name" 2>/dev/null)" = "$(made "$@")" ]; then
    return 0
  fi
  docker network create --label "labgen.swarm=$LAB" --label "labgen.made=$(made "$@")" "$@" "$name" >/dev/null
  echo "changed: made the network $name"
}

# drop NETWORK: with the services on it. It goes once the last of their tasks has ended.
drop() {
  id=$(docker network inspect --format '{{ .ID }}' "$1")
  docker service ls --format '{{ .Name }}' | while read -r service; do
    case "$(docker service inspect --format '{{ range .Spec.TaskTemplate.Networks }}{{ .Target }} {{ end }}' "$service")" in
      *"$id"*) forget "$service" ;;
    esac
  done
  tries=60
  until said=$(docker network rm "$1" 2>&1); do
    tries=$((tries - 1))
    if [ "$tries" -le 0 ]; then
      echo "labgen: the network $1 does not go: $said" >&2
      return 1
    fi
    sleep 1
  done
  echo "changed: removed the network $1"
}

forget() {
  docker service rm "$1" >/dev/null
  echo "changed: removed the service $1"
}

# nodes NAME…: waits until each of these is there once and ready, and strikes off who has left: that a node which joined
# anew was another one before is seen when its heartbeat is missed.
nodes() {
  tries=120
  while :; do
    strike_off "$@"
    missing=
    for name in "$@"; do
      [ "$(docker node ls --format '{{ .Hostname }} {{ .Status }}' | grep -E "^$name ")" = "$name Ready" ] || missing="$missing $name"
    done
    [ -n "$missing" ] || return 0
    tries=$((tries - 1))
    if [ "$tries" -le 0 ]; then
      echo "labgen: not ready in the swarm:$missing" >&2
      docker node ls >&2
      return 1
    fi
    sleep 1
  done
}

# strike_off NAME…: nodes that are not named; and of two with one name the one that is down, which joined anew.
strike_off() {
  all=$(docker node ls --format '{{ .Hostname }} {{ .Status }} {{ .ID }}')
  printf '%s\n' "$all" | while read -r name status id; do
    case " $* " in
      *" $name "*)
        if [ "$status" != Down ] || [ "$(printf '%s\n' "$all" | grep -c "^$name ")" -lt 2 ]; then
          continue
        fi
        ;;
    esac
    # A manager has to be demoted before; that takes a moment, and the next time it can be struck off.
    docker node demote "$id" >/dev/null 2>&1 || continue
    docker node rm --force "$id" >/dev/null 2>&1 || continue
    echo "changed: struck $name off the swarm"
  done
}

# other_services NAME…: takes away services of this lab that are not named.
other_services() {
  docker service ls --filter "label=labgen.swarm=$LAB" --format '{{ .Name }}' | while read -r name; do
    case " $* " in
      *" $name "*) ;;
      *) forget "$name" ;;
    esac
  done
}

spread=

# member NAME ROLE AVAILABILITY
member() {
  now=$(docker node inspect --format '{{ .Spec.Role }} {{ .Spec.Availability }}' "$1")
  if [ "$now" != "$2 $3" ]; then
    docker node update --role "$2" --availability "$3" "$1" >/dev/null
    echo "changed: $1 is now $2, $3"
    # A swarm moves no task back by itself.
    [ "$3" != active ] || spread=yes
  fi
}

# service NAME REPLICAS WORD…: docker service create; made anew where other words made it, scaled where only the number differs.
service() {
  name=$1
  replicas=$2
  shift 2
  if [ "$(docker service inspect --format '{{ index .Spec.Labels "labgen.made" }}' "$name" 2>/dev/null)" = "$(made "$@")" ]; then
    if [ "$(docker service inspect --format '{{ with .Spec.Mode.Replicated }}{{ .Replicas }}{{ end }}' "$name")" != "$replicas" ]; then
      docker service scale --detach "$name=$replicas" >/dev/null
      echo "changed: scaled $name to $replicas"
    fi
    if [ -n "$spread" ]; then
      docker service update --detach --force --no-resolve-image "$name" >/dev/null
      echo "changed: spread the tasks of $name anew"
    fi
    return 0
  fi
  if docker service inspect "$name" >/dev/null 2>&1; then
    forget "$name"
  fi
  docker service create --detach --no-resolve-image --name "$name" --replicas "$replicas" \
    --label "labgen.swarm=$LAB" --label "labgen.made=$(made "$@")" "$@" >/dev/null
  echo "changed: made the service $name"
}

# running NAME REPLICAS: waits until so many tasks run and no update goes on; says why where they do not.
running() {
  tries=150
  until [ "$(docker service ps --filter desired-state=running --format '{{ .CurrentState }}' "$1" | grep -c '^Running')" = "$2" ] &&
    [ "$(docker service inspect --format '{{ with .UpdateStatus }}{{ .State }}{{ end }}' "$1")" != updating ]; do
    tries=$((tries - 1))
    if [ "$tries" -le 0 ]; then
      echo "labgen: the service $1 does not come to $2 running tasks:" >&2
      docker service ps --no-trunc --format '{{ .Name }} on {{ .Node }}: {{ .CurrentState }} {{ .Error }}' "$1" >&2
      return 1
    fi
    sleep 2
  done
}

services() {
  nodes right replica-1 replica-2
  member right manager active
  member replica-1 worker active
  member replica-2 worker drain
  other_services board quiet
  service board 2 --endpoint-mode vip \
    --network mesh \
    --network plain \
    --publish 8090:80/tcp \
    --publish 53:53/udp \
    --env 'A=$5 '\''and'\'' "more" {{"{{"}}.Node.ID}} 100%' \
    --env NUMBER=7 \
    --constraint node.role==worker \
    --constraint 'node.hostname!=right' localhost:1/tiny:4b3654e3ebaae846 sh -c 'echo "$A" '\''$(id)'\'' `id` {{.State}} 100% \ | cat; httpd -f -p 80'
  service quiet 1 --endpoint-mode dnsrr localhost:1/toolbox:latest
  running board 2
  running quiet 1
}

start() {
  init
  networks
  images
  services
}

stop() {
  other_services
  docker network ls --filter driver=overlay --filter "label=labgen.swarm=$LAB" --format '{{ .Name }}' | while read -r network; do
    evict "$network"
    drop "$network"
  done
}

status() {
  docker info --format 'swarm: {{ .Swarm.LocalNodeState }} {{ .Swarm.NodeAddr }}'
  docker node ls
  docker network ls --filter driver=overlay
  docker service ls
}

case "${1:-}" in
  leave) "$@" ;;
  status) "$@" ;;
  init) "$@" ;;
  invite) "$@" ;;
  networks) "$@" ;;
  images) "$@" ;;
  services) "$@" ;;
  start) "$@" ;;
  stop) "$@" ;;
  *)
    echo "usage: $0 leave, status, init, invite, networks, images, services, start, stop" >&2
    exit 2
    ;;
esac
