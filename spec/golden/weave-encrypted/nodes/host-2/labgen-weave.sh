#!/bin/sh
# The lab weave, node host-2; rendered by labgen. The weave router and who is on its network:
#   labgen-weave.sh start|stop|leave|status|connections|switch|watch
# start may be run again at any time; it says "changed:" for each thing it did.
set -eu

WEAVE=/var/lib/labgen/artifacts/weave/weave
SECRET=/var/lib/labgen/weave-secret.env
MADE=/var/lib/labgen/weave.made
SWITCHED=/var/lib/labgen/weave.switched
HELPERS=/var/lib/labgen/weave-2.8.1

# router VERB WORD…: weave's own script. A password goes by the environment: a command line can be seen by everyone.
router() (
  if [ -e "$SECRET" ]; then
    # shellcheck disable=SC1090 # rendered beside this script
    . "$SECRET"
    export WEAVE_PASSWORD
  fi
  export CHECKPOINT_DISABLE=1
  export WEAVE_VERSION=2.8.1
  export DOCKERHUB_USER=weaveworks
  # Images may have to be pulled. Whoever asks a router that hangs would wait for ever, and all others behind it.
  case "$1" in
    launch) limit=1500 ;;
    *) limit=300 ;;
  esac
  timeout "$limit" "$WEAVE" "$@" </dev/null
)

# reset: the router and all that it made go, and its peers get its addresses; one that hangs cannot see to that.
reset() {
  docker unpause weave >/dev/null 2>&1 || true
  code=0
  router reset --force >/dev/null 2>&1 || code=$?
  if [ "$code" -eq 124 ]; then
    docker kill weave >/dev/null 2>&1 || true
    router reset --force >/dev/null 2>&1 || true
  fi
}

# here WORD…: the same without a container, in which weave's script runs itself for every word; that takes long. What it
# needs besides this system's own programs is weaveutil, from its image.
here() (
  if [ ! -x "$HELPERS/weaveutil" ]; then
    mkdir -p "$HELPERS"
    carrier=$(docker create weaveworks/weaveexec:2.8.1)
    docker cp "$carrier:/usr/bin/weaveutil" "$HELPERS/weaveutil.part" >/dev/null
    docker rm "$carrier" >/dev/null
    mv "$HELPERS/weaveutil.part" "$HELPERS/weaveutil"
  fi
  PATH="$HELPERS:$PATH" router --local "$@"
)

# ask PATH [SECONDS]: the router itself, which is quicker than weave's script.
ask() {
  curl -fsS --noproxy '*' --max-time "${2:-10}" "http://127.0.0.1:6784/$1"
}

images() {
  for image in weaveworks/weave:2.8.1 weaveworks/weaveexec:2.8.1 weaveworks/weavedb:latest; do
    if ! docker image inspect "$image" >/dev/null 2>&1; then
      docker load --quiet --input /var/lib/labgen/artifacts/weave-images/weave-images.tar >/dev/null
      echo 'changed: loaded the images of weave'
      return 0
    fi
  done
}

# launch WORD…: the router, unless it runs and was started by these very words.
launch() {
  made=$(
    {
      # Nobody detaches who is not to be attached any more.
      printf '%s\n' "$@" CHECKPOINT_DISABLE=1 WEAVE_VERSION=2.8.1 DOCKERHUB_USER=weaveworks lb-2 lb.weave.local hello-far hello-host2.weave.local
      cat "$SECRET" 2>/dev/null || true
    } | sha256sum
  )
  if [ "$(cat "$MADE" 2>/dev/null)" = "$made" ]; then
    # The router is started by Docker; after a boot that may take a moment.
    tries=120
    while [ "$tries" -gt 0 ]; do
      if ask status 2 >/dev/null 2>&1; then
        return 0
      fi
      tries=$((tries - 1))
      sleep 1
    done
  fi
  # Whoever takes the router away looks for this file, and a launch may be interrupted.
  # What is noted there is made of the password, too.
  (umask 077 && rm -f "$MADE" && echo begun >"$MADE")
  # Whom it knew, and which addresses it owned, would outlive a mere stop.
  reset
  router launch "$@" >/dev/null
  printf '%s\n' "$made" >"$MADE"
  echo 'changed: launched the router'
}

# attach CONTAINER NAME: onto the weave network, with a name in its DNS. What is done is left; an earlier start may have
# been ended between the two.
attach() {
  pid=$(docker inspect --format '{{ .State.Pid }}' "$1" 2>/dev/null || echo 0)
  if [ "$pid" -eq 0 ]; then
    return 0
  fi
  if ! nsenter -t "$pid" -n ip link show dev ethwe >/dev/null 2>&1; then
    here attach --without-dns "$1" >/dev/null
    echo "changed: attached $1"
  fi
  id=$(docker inspect --format '{{ .Id }}' "$1" | cut -c 1-12)
  if ! ask status/dns | grep -q "^${2%.weave.local} .* $id "; then
    here dns-add "$1" -h "$2" >/dev/null
    echo "changed: $1 is $2"
  fi
}

# The kernel loads and tests its cipher at the first use, which may take longer than it lets weave's request for a key
# wait; the connection would fall back to sleeve and stay there. So it is used once before.
warm() {
  if [ -e /run/labgen/weave.warm ]; then
    return 0
  fi
  set -- src 127.0.0.1 dst 127.0.0.1 proto esp spi 0x6c616267
  ip xfrm state add "$@" mode transport aead 'rfc4106(gcm(aes))' 0x000102030405060708090a0b0c0d0e0f10111213 128 2>/dev/null || true
  ip xfrm state delete "$@" 2>/dev/null || true
  mkdir -p /run/labgen
  : >/run/labgen/weave.warm
  # At a boot Docker has started the router before, when all was cold.
  docker restart weave >/dev/null 2>&1 || true
}

start() {
  warm
  images
  launch --plugin=false --proxy=false --name 02:6c:c0:a8:38:66 --ipalloc-range 10.32.0.0/12 --ipalloc-init consensus=2 192.168.56.101
  each attach
}

# each VERB: VERB, with every container on the network and its name.
each() {
  "$1" lb-2 lb.weave.local
  "$1" hello-far hello-host2.weave.local
}

# Whatever starts on this node: a container that was killed has lost its interface, and a router its names.
watch() {
  # What starts before Docker's events are listened to is in those since now.
  now=$(date +%s)
  "$0" start
  docker events --since "$now" --filter type=container --filter event=start --format '{{ .Actor.Attributes.name }}' | while read -r name; do
    # By the script that is there then: another stage may attach others.
    "$0" started "$name" || true
  done
}

# started CONTAINER: it has to be on the network again, unless it has nothing to do with it.
started() {
  case "$1" in
    weave | lb-2 | hello-far) alone start ;;
    *) ;;
  esac
}

stop() {
  reset
  if docker inspect weave >/dev/null 2>&1; then
    echo 'labgen: the weave router is still there' >&2
    return 1
  fi
  rm -rf "$MADE" "$HELPERS"
}

# leave: what another stage does without. The iptables it switched is switched back.
leave() {
  stop
  if [ -e "$SWITCHED" ]; then
    update-alternatives --auto iptables >/dev/null
    update-alternatives --auto ip6tables >/dev/null
    clear_rules iptables-legacy ip6tables-legacy
    systemctl try-restart docker.service labgen-firewall.service
    rm -f "$SWITCHED"
  fi
}

# clear_rules PROGRAM…: what one of the two iptables wrote stays in force when the other one is used.
clear_rules() {
  for program in "$@"; do
    for table in filter nat raw mangle; do
      # A kernel that does not know it has no rules in it.
      "$program" -w 5 -t "$table" -S >/dev/null 2>&1 || continue
      [ "$table" != filter ] || "$program" -w 5 -P FORWARD ACCEPT
      "$program" -w 5 -t "$table" -F
      "$program" -w 5 -t "$table" -X
    done
  done
}

status() {
  ask status
}

connections() {
  ask status/connections
}

# switch: to iptables-legacy, as in weave's images, with what the other one wrote taken away: it would stay in force.
switch() {
  case $(readlink -f "$(command -v iptables)") in
    # Unless it was interrupted in the middle.
    *legacy*) [ "$(cat "$SWITCHED" 2>/dev/null)" = begun ] || return 0 ;;
  esac
  echo begun >"$SWITCHED"
  update-alternatives --set iptables /usr/sbin/iptables-legacy >/dev/null
  update-alternatives --set ip6tables /usr/sbin/ip6tables-legacy >/dev/null
  clear_rules iptables-nft ip6tables-nft
  # They write their rules anew, into the other one; where they are not there yet, nothing is to be done.
  systemctl try-restart docker.service labgen-firewall.service 2>/dev/null || true
  : >"$SWITCHED"
  echo 'changed: iptables is iptables-legacy now'
}

# One at a time: the play and the unit may want the same, and a launch that is half done looks like another one's.
alone() {
  # Not this script itself: the play may put another in its place while it runs.
  mkdir -p /run/labgen
  exec 9>/run/labgen/weave.lock
  flock 9
  "$@"
}

case "${1:-}" in
  start | stop | leave) alone "$1" ;;
  status | connections | switch | watch) "$1" ;;
  started) started "${2:-}" ;;
  *)
    echo "usage: $0 start|stop|leave|status|connections|switch|watch" >&2
    exit 2
    ;;
esac
