/** Faults of the links between nodes: cut, slow, lossy. Every lab may have them, whatever its features. */
import type { Check } from '../model/check.js';
import { isNegative } from '../model/expectation.js';
import type { Fault } from '../model/fault.js';
import type { Attachment, Lab, Node } from '../model/lab.js';
import { ownerOf } from '../model/probe.js';

const SECONDS = 30;

/** Sets `dev` to the interface that has the address $1; never the one by which SSH came in: nobody could mend it. */
const INTERFACE = `dev=$(ip -oneline address show to "$1" | awk '{ sub(/@.*/, "", $2); print $2; exit }')
[ -n "$dev" ] || { echo "no interface of this node has the address $1" >&2; exit 1; }
for local in $(ss -Htn state established '( sport = :22 )' | awk '{ sub(/:[0-9]+$/, "", $3); gsub(/[][]|::ffff:|%.*/, "", $3); print $3 }' | sort -u); do
  if [ -n "$(ip -oneline address show dev "$dev" to "$local")" ]; then
    echo "unavailable: SSH comes in over $dev, and nobody could get in any more" >&2
    exit 1
  fi
done`;

/** Down, with all that goes with it noted in the files $2.*: routes, which the kernel forgets, and IPv6 addresses, which it is told to keep. */
const CUT = `${INTERFACE}
keep=/proc/sys/net/ipv6/conf/$dev/keep_addr_on_down
echo "$dev" >"$2.dev"
cat "$keep" >"$2.keep" 2>/dev/null || true
echo 1 2>/dev/null >"$keep" || true
ip -4 route show dev "$dev" >"$2.routes4"
ip -6 route show dev "$dev" >"$2.routes6" 2>/dev/null || true
ip link set dev "$dev" down`;

/** A route through a neighbour may have to wait until the address beside it counts. */
const JOIN = `dev=$(cat "$2.dev")
ip link set dev "$dev" up
for family in 4 6; do
  grep -v 'proto kernel' "$2.routes$family" 2>/dev/null | while read -r route; do
    tries=5
    # shellcheck disable=SC2086 # a route is words
    until ip -"$family" route replace $route dev "$dev" || [ "$tries" -eq 1 ]; do
      tries=$((tries - 1))
      sleep 1
    done
  done
done
[ ! -s "$2.keep" ] || cat "$2.keep" >"/proc/sys/net/ipv6/conf/$dev/keep_addr_on_down"
rm -f "$2".*`;

const SLOW = `${INTERFACE}
shift
modprobe -q sch_netem || true
if ! said=$(tc qdisc add dev "$dev" root netem "$@" 2>&1); then
  case $said in
    *'kind is unknown'*) echo 'unavailable: the kernel of this node has no netem (CONFIG_NET_SCH_NETEM)' >&2 ;;
    *) echo "unavailable: tc says: $said" >&2 ;;
  esac
  exit 1
fi`;

const EVEN = `${INTERFACE.split('\n')[0] ?? ''}
tc qdisc del dev "$dev" root netem`;

function link(lab: Lab, node: Node, attachment: Attachment, words: readonly string[], about: string): Pick<Fault, 'words' | 'node' | 'about' | 'seconds' | 'fails'> {
  const sole = node.attachments.length === 1;
  return { words: sole ? words : [...words, '--network', attachment.network], node: node.name, about, seconds: SECONDS, fails: (check) => crosses(check, node.name, lab) };
}

export function cut(lab: Lab, node: Node, attachment: Attachment): Fault {
  const notes = `/run/labgen/faults/cut-${node.name}-${attachment.network}`;
  return {
    ...link(lab, node, attachment, ['cut', node.name], `the cable of ${node.name} to ${attachment.network} is pulled`),
    begin: [['sh', '-euc', CUT, 'sh', attachment.address, notes]],
    end: [['sh', '-c', JOIN, 'sh', attachment.address, notes]],
  };
}

/** `how` as netem takes it: `delay 100ms`. What the node sends is troubled, what it gets is not. */
export function netem(lab: Lab, node: Node, attachment: Attachment, how: readonly [kind: 'delay' | 'loss', amount: string]): Fault {
  const about = how[0] === 'delay' ? `whatever ${node.name} sends to ${attachment.network} comes ${how[1]} later` : `${how[1]} of what ${node.name} sends to ${attachment.network} is lost`;
  return {
    ...link(lab, node, attachment, [how[0], node.name, how[1]], about),
    slot: `netem ${node.name} ${attachment.network}`,
    begin: [['sh', '-euc', SLOW, 'sh', attachment.address, ...how]],
    end: [['sh', '-c', EVEN, 'sh', attachment.address]],
    // Nearly all of it still comes through.
    fails: how[1] === '100%' ? (check) => crosses(check, node.name, lab) : () => false,
  };
}

/** Whether it is about reaching somebody beyond the node's own end of the link, and that has to work. */
function crosses(check: Check, node: string, lab: Lab): boolean {
  const { from, to } = check.subject;
  if (typeof from !== 'string' || typeof to !== 'string' || isNegative(check.kind, check.expect)) return false;
  const home = (endpoint: string): string | undefined => {
    const owner = ownerOf(endpoint, { lab });
    return lab.containers.find((each) => each.name === owner)?.node ?? owner;
  };
  const ends = [home(from), home(to)];
  return ends.includes(node) && ends[0] !== ends[1];
}
