#!/bin/sh
# The lab everything, node left; rendered by labgen. The node's part in a swarm:
#   labgen-swarm.sh leave, status
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

status() {
  docker info --format 'swarm: {{ .Swarm.LocalNodeState }} {{ .Swarm.NodeAddr }}'
}

case "${1:-}" in
  leave) "$@" ;;
  status) "$@" ;;
  *)
    echo "usage: $0 leave, status" >&2
    exit 2
    ;;
esac
