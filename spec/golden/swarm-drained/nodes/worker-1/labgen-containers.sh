#!/bin/sh
# The lab swarm, node worker-1; rendered by labgen. Images, networks and containers:
#   labgen-containers.sh start|stop|status|watch
# start may be run again at any time; it says "changed:" for each thing it did.
# shellcheck disable=SC2016,SC2119,SC2120 # what a container is given is not for this shell; others may be asked without a name
set -eu

LAB=swarm
IMAGES=/var/lib/labgen/images

# The image "toolbox": busybox and socat of this node's own distribution, without a registry.
toolbox() {
  if docker image inspect toolbox >/dev/null 2>&1; then
    return 0
  fi
  tree=$(mktemp -d)
  mkdir -p "$tree/bin" "$tree/etc" "$tree/tmp" "$tree/root" "$tree/www"
  busybox=$(readlink -f "$(command -v busybox)")
  mkdir -p "$tree$(dirname "$busybox")"
  cp "$busybox" "$tree$busybox"
  "$busybox" --install -s "$tree/bin"
  # socat needs its libraries, at the places it looks for them.
  socat=$(command -v socat)
  for file in "$socat" $(ldd "$socat" | grep -o '/[^ ]*'); do
    mkdir -p "$tree$(dirname "$file")"
    cp -L "$file" "$tree$file"
  done
  echo 'root:x:0:0:root:/root:/bin/sh' >"$tree/etc/passwd"
  tar -C "$tree" -c . | docker import \
    --change 'CMD ["sleep", "2147483647"]' --change 'ENV PATH=/bin:/usr/bin' --change 'WORKDIR /www' - toolbox >/dev/null
  rm -rf "$tree"
  echo 'changed: made the image toolbox'
}

# other_images NAME:TAG…: images of this lab that are not named, and what was brought for them. Their label is not that of
# containers: whatever is run from an image has its labels, a swarm's tasks and what a hand runs, too.
other_images() {
  docker images --filter "label=labgen.image-of=$LAB" --format '{{ .Repository }}:{{ .Tag }}' | while read -r found; do
    case " $* " in
      *" $found "*) ;;
      *) [ "${found#<none>}" != "$found" ] || echo "$found" ;;
    esac
  done
}

forget_images() {
  for name in "$@"; do
    # What a hand's container runs from stays.
    docker image rm --force "$name" >/dev/null 2>&1 || continue
    echo "changed: removed the image $name"
  done
}

# tidy NAME-HASH…: folders of images that are no longer built from.
tidy() {
  for folder in "$IMAGES"/*; do
    case " $* " in
      *" ${folder##*/} "*) ;;
      *) [ ! -e "$folder" ] || rm -rf "$folder" ;;
    esac
  done
}

# other_networks NAME…: networks of this lab that are not named.
other_networks() {
  docker network ls --filter "label=labgen.lab=$LAB" --format '{{ .Name }}' | while read -r found; do
    case " $* " in
      *" $found "*) ;;
      *) echo "$found" ;;
    esac
  done
}

# drop_networks NAME…: with the containers on them, which would hold them.
drop_networks() {
  # A shell has one set of names: these are not those of its callers, nor of remove.
  for net in "$@"; do
    docker network inspect "$net" >/dev/null 2>&1 || continue
    # shellcheck disable=SC2046 # one name a word
    remove $(docker ps --all --filter "network=$net" --format '{{ .Names }}')
    docker network rm "$net" >/dev/null
    echo "changed: removed the network $net"
  done
}

# patiently NAME docker-verb WORD…: a manager that is busy may take longer to give a place on a network of the swarm than
# dockerd waits for it (20 s), and until then a worker knows of no such network; it is asked again.
patiently() {
  who=$1
  shift
  tries=1
  until said=$(docker "$@" 2>&1 >/dev/null); do
    case $said in
      *'attaching to network failed'* | *'network '*' not found'*) ;;
      *) tries=6 ;;
    esac
    # Half of a container that was to be made is none.
    [ "$1" = start ] || docker rm --force "$who" >/dev/null 2>&1 || true
    if [ "$tries" -ge 6 ]; then
      echo "$said" >&2
      return 1
    fi
    tries=$((tries + 1))
    sleep 5
  done
}

# container NAME WORD…: docker run, unless that container was made by these very words.
container() {
  name=$1
  shift
  made=$(printf '%s\n' "$@" | sha256sum | cut -c 1-16)
  if [ "$(docker inspect --format '{{ index .Config.Labels "labgen.made" }}' "$name" 2>/dev/null)" = "$made" ]; then
    if [ "$(docker inspect --format '{{ .State.Running }}' "$name")" = true ]; then
      return 0
    fi
    if said=$(patiently "$name" start "$name" 2>&1); then
      echo "changed: started $name"
      return 0
    fi
    # A dockerd that was ended in the middle may leave a task or an endpoint of the container's name: it can never be
    # started again then (moby issues 32607 and 33796), and one made anew can.
    case $said in
      *'already exists'*) ;;
      *)
        echo "$said" >&2
        return 1
        ;;
    esac
  fi
  docker rm --force "$name" >/dev/null 2>&1 || true
  patiently "$name" run --name "$name" --label "labgen.lab=$LAB" --label "labgen.made=$made" "$@"
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
  for unwanted in "$@"; do
    docker rm --force "$unwanted" >/dev/null
    echo "changed: removed $unwanted"
  done
}

start() {
  # Interfaces that another stage puts into containers.
  [ ! -x /var/lib/labgen/labgen-pipework.sh ] || /var/lib/labgen/labgen-pipework.sh remove
  # shellcheck disable=SC2046 # one name a word
  remove $(others client stranger)
  # shellcheck disable=SC2046 # one name a word
  drop_networks $(other_networks)
  toolbox
  container client --detach \
    --restart always \
    --network nginxnet \
    --hostname client toolbox
  container stranger --detach \
    --restart always \
    --network bridge \
    --hostname stranger toolbox
  # shellcheck disable=SC2046 # one name a word
  forget_images $(other_images)
  tidy
}

stop() {
  # shellcheck disable=SC2046 # one name a word
  remove $(others)
  # shellcheck disable=SC2046 # one name a word
  drop_networks $(other_networks)
}

status() {
  docker ps --all --filter "label=labgen.lab=$LAB"
  docker network ls --filter "label=labgen.lab=$LAB"
}

# again NAME SINCE: a container that ended at that time runs again. Docker's own restart policy may have done so; of one
# that was killed through Docker it does nothing. What a hand stopped stays stopped.
again() {
  state=$(docker inspect --format '{{ .State.Running }}' "$1" 2>/dev/null) || return 0
  if [ "$state" != true ]; then
    # A filter by name would take those of others that only begin like it.
    if docker events --since "$2" --until "$(date +%s)" --filter type=container --filter event=stop --format '{{ .Actor.Attributes.name }}' | grep -qxF "$1"; then
      return 0
    fi
    docker start "$1" >/dev/null || start
    echo "changed: started $1 again"
  fi
}

# Each container of the lab that ends. A moment later Docker has said why, and done what it does by itself.
watch() {
  # What ends before Docker's events are listened to is in those since now.
  now=$(date +%s)
  "$0" start
  docker events --since "$now" --filter type=container --filter event=die --filter "label=labgen.lab=$LAB" \
    --format '{{ .Time }} {{ .Actor.Attributes.name }}' | while read -r since name; do
    sleep 2
    "$0" again "$name" "$since" || true
  done
}

# One at a time: the play, the unit and a hand may want the same.
alone() {
  # Not this script itself: the play may put another in its place while it runs.
  mkdir -p /run/labgen
  exec 9>/run/labgen/containers.lock
  flock 9
  "$@"
}

case "${1:-}" in
  start | stop) alone "$1" ;;
  status | watch) "$1" ;;
  again)
    [ $# -eq 3 ] || exit 2
    alone again "$2" "$3"
    ;;
  *)
    echo "usage: $0 start|stop|status|watch" >&2
    exit 2
    ;;
esac
