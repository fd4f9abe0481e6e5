#!/bin/sh
# The lab everything, node bare; rendered by labgen. Images and containers:
#   labgen-containers.sh start|stop|status
# start may be run again at any time; it says "changed:" for each thing it did.
# shellcheck disable=SC2016,SC2119,SC2120 # what a container is given is not for this shell; others may be asked without a name
set -eu

LAB=everything

# container NAME WORD…: docker run, unless that container was made by these very words.
container() {
  name=$1
  shift
  made=$(printf '%s\n' "$@" | sha256sum | cut -c 1-16)
  if [ "$(docker inspect --format '{{ index .Config.Labels "labgen.made" }}' "$name" 2>/dev/null)" = "$made" ]; then
    if [ "$(docker inspect --format '{{ .State.Running }}' "$name")" = false ]; then
      docker start "$name" >/dev/null
      echo "changed: started $name"
    fi
    return 0
  fi
  docker rm --force "$name" >/dev/null 2>&1 || true
  docker run --name "$name" --label "labgen.lab=$LAB" --label "labgen.made=$made" "$@" >/dev/null
  echo "changed: made $name"
}

# others NAME…: containers of this lab that are not named.
others() {
  docker ps --all --filter "label=labgen.lab=$LAB" --format '{{ .Names }}' | while read -r found; do
    case " $* " in
      *" $found "*) ;;
      *) echo "$found" ;;
    esac
  done
}

remove() {
  for name in "$@"; do
    docker rm --force "$name" >/dev/null
    echo "changed: removed $name"
  done
}

start() {
  # Interfaces that another stage puts into containers.
  [ ! -x /var/lib/labgen/labgen-pipework.sh ] || /var/lib/labgen/labgen-pipework.sh remove
  # shellcheck disable=SC2046 # one name a word
  remove $(others )
}

stop() {
  # shellcheck disable=SC2046 # one name a word
  remove $(others)
}

status() {
  docker ps --all --filter "label=labgen.lab=$LAB"
}

case "${1:-}" in
  start | stop | status) "$1" ;;
  *)
    echo "usage: $0 start|stop|status" >&2
    exit 2
    ;;
esac
