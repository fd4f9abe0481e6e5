/** interface: a network interface is there, with this MTU, address, state and kind. */
import type { CheckKind, CommandResult, Mutation, Reading, Subject } from '../../model/check.js';
import { addressPart, canonicalText } from '../../model/family.js';
import { numberOf, parseJson, textOf, textsOf, treesOf } from '../../model/foreign.js';
import { isTree } from '../../model/merge.js';
import { isNotRun, lastLine, notAsked, notUnderstood, placeOf, word, type Place } from '../../model/probe.js';
import { anyAddressOrCidr, interfaceName, object } from '../../schema/patterns.js';
import { ONE_OF_THEM, WHERE, WHERE_REFERENCES, whereOf } from './where.js';

const KEYS = ['mtu', 'address', 'up', 'kind'] as const;

export const networkInterface: CheckKind = {
  name: 'interface',
  schema: () => object(
    {
      ...WHERE,
      // Those of VLANs and of flannel have a dot.
      name: { ...interfaceName('The interface.', 'eth1'), pattern: '^[a-zA-Z][a-zA-Z0-9_.-]*$', form: 'letters, digits, dots, dashes and underscores, beginning with a letter' },
      mtu: { type: 'integer', minimum: 68, maximum: 65536, description: 'Its MTU, in bytes.', examples: [1476] },
      address: anyAddressOrCidr('An address it has; with a prefix length, that too.', '10.0.0.1/24'),
      up: { type: 'boolean', description: 'Whether it is set up.', examples: [true] },
      kind: { type: 'string', pattern: '^[a-z][a-z0-9_-]*$', form: 'a kind of link as in "ip link add type …"', maxLength: 20, description: 'Its kind, as the kernel calls it.', examples: ['gre', 'vxlan', 'bridge', 'veth'] },
    },
    { ...ONE_OF_THEM, title: 'Interface', required: ['name'], description: 'A network interface is there, and is as the keys say. Expect: absent.', examples: [{ node: 'net-1', name: 'foo', mtu: 1476, kind: 'gre' }] },
  ),
  references: WHERE_REFERENCES,
  expects: { unreachable: false, values: [], words: ['absent'], patterns: false },
  describe: (subject) => ['interface', whereOf(subject), word(subject, 'name'), ...KEYS.filter((key) => subject[key] !== undefined).map((key) => `${key} ${word(subject, key)}`)].join(' '),
  probe(subject, facts) {
    const place = placeOf(whereOf(subject), facts);
    if (isNotRun(place)) return place;
    return { command: { node: place.node, argv: [...place.enter, 'ip', '-j', '-d', 'addr', 'show', 'dev', word(subject, 'name')] }, read: (result) => read(result, subject) };
  },
  mutation(subject, facts, expect) {
    const place = placeOf(whereOf(subject), facts);
    if (isNotRun(place)) return undefined;
    const name = word(subject, 'name');
    const command = (...argv: string[]) => ({ node: place.node, argv: [...place.enter, ...argv] });
    if (expect.is !== 'works') return { title: `make an interface ${name}`, break: command('ip', 'link', 'add', name, 'type', 'bridge'), mend: command('ip', 'link', 'del', name) };
    if (subject['mtu'] !== undefined) {
      const mtu = Number(subject['mtu']);
      const other = String(mtu >= 1300 ? mtu - 20 : mtu + 20);
      return { title: `MTU ${other} on ${name}`, break: command('ip', 'link', 'set', 'dev', name, 'mtu', other), mend: command('ip', 'link', 'set', 'dev', name, 'mtu', String(mtu)) };
    }
    // Everything below takes the link down: only where that cannot cut the node off.
    const ours = place.enter.length > 0 || facts.lab.links.some((link) => link.node === place.node && link.name === name);
    return ours ? takeAway(place, name, subject) : undefined;
  },
};

/**
 * A link that goes down loses its routes, and an address those of other links that name it as source: what is missing
 * afterwards is put back, twice, as one may be the way to another's gateway. `ip route restore` ends at the first route of a
 * link without carrier.
 */
const ROUTES = 'kept="/run/labgen/mutation-$2-$1"; routes() { ip -4 route show table all | grep -vE "^(local|broadcast|multicast|anycast) " | sed "s/ linkdown//; s/ dead//"; };';
const SAVE = `${ROUTES} mkdir -p /run/labgen && { routes > "$kept"; } &&`;
const RESTORE = '&& for turn in 1 2; do routes > "$kept.now"; grep -vxFf "$kept.now" "$kept" | while read -r route; do ip route add $route; done; done; rm "$kept" "$kept.now"';

function takeAway(place: Place, name: string, subject: Subject): Mutation | undefined {
  const script = (text: string, ...words: string[]) => ({ node: place.node, argv: [...place.enter, 'sh', '-c', text, 'sh', name, place.name, ...words] });
  const address = subject['address'];
  if (typeof address === 'string' && address.includes('/')) {
    return { title: `take ${address} off ${name}`, break: script(`${SAVE} ip addr del "$3" dev "$1"`, address), mend: script(`${ROUTES} ip addr add "$3" dev "$1" ${RESTORE}`, address) };
  }
  if (subject['up'] === false) return { title: `set ${name} up`, break: script('ip link set dev "$1" up'), mend: script('ip link set dev "$1" down') };
  if (subject['up'] === true) return { title: `set ${name} down`, break: script(`${SAVE} ip link set dev "$1" down`), mend: script(`${ROUTES} ip link set dev "$1" up ${RESTORE}`) };
  return {
    title: `rename ${name}`,
    break: script(`${SAVE} ip link set dev "$1" down && ip link set dev "$1" name labgen-mut && ip link set dev labgen-mut up`),
    mend: script(`${ROUTES} ip link set dev labgen-mut down && ip link set dev labgen-mut name "$1" && ip link set dev "$1" up ${RESTORE}`),
  };
}

function read(result: CommandResult, subject: Subject): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  const name = word(subject, 'name');
  if (result.code !== 0) {
    return /does not exist|cannot find device/i.test(result.stderr) ? { state: 'unreachable', value: 'absent', seen: `there is no ${name}` } : { state: 'not-run', seen: lastLine(result.stderr) || `exit ${result.code}` };
  }
  const links = treesOf(parseJson(result.stdout));
  if (!links) return notUnderstood('ip', result);
  const link = links.find((each) => each['ifname'] === name);
  if (link === undefined) return { state: 'unreachable', value: 'absent', seen: `there is no ${name}` };
  const addresses = (treesOf(link['addr_info']) ?? []).map((each) => `${textOf(each['local']) ?? '?'}/${numberOf(each['prefixlen']) ?? '?'}`);
  const wanted = subject['address'] === undefined ? undefined : canonicalText(word(subject, 'address'));
  const has = {
    mtu: numberOf(link['mtu']),
    up: textsOf(link['flags'])?.includes('UP') ?? false,
    kind: (isTree(link['linkinfo']) && textOf(link['linkinfo']['info_kind'])) || 'none',
    address: addresses.find((cidr) => cidr === wanted || addressPart(cidr) === wanted) && subject['address'],
  };
  const wrong = KEYS.filter((key) => subject[key] !== undefined && subject[key] !== has[key]);
  const seen = `mtu ${has.mtu ?? 'unknown'}, ${has.up ? 'up' : 'down'}, kind ${has.kind}, ${addresses.join(' ') || 'no address'}`;
  return { state: wrong.length === 0 ? 'works' : 'differs', value: 'present', seen };
}
