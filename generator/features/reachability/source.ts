/** source: which address the far end sees. An observer on the far side is the only honest witness of masquerading. */
import { createHash } from 'node:crypto';
import type { CheckKind, CommandResult, Facts, Reading } from '../../model/check.js';
import { addressPart, canonical, type Family, familyOf } from '../../model/family.js';
import { isContainer, isNotRun, lastLine, notAsked, ownerOf, placeOf, ruleMutation, word } from '../../model/probe.js';
import { object, reference } from '../../schema/patterns.js';
import { arrow, END_REFERENCES, ENDS, pathOf } from './path.js';

/** Waits for an echo request with the pattern in its payload; prints `ready`, then the sender's address. */
const OBSERVE = `import socket, sys, time
pattern, end = bytes.fromhex(sys.argv[1]), time.monotonic() + float(sys.argv[2])
six = sys.argv[3] == "6"
if six:
    icmp = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
else:
    icmp = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
print("ready", flush=True)
while time.monotonic() < end:
    icmp.settimeout(max(0.01, end - time.monotonic()))
    try:
        packet, peer = icmp.recvfrom(65535)
    except socket.timeout:
        break
    # A raw socket of IPv6 gives no IP header.
    header = 0 if six else (packet[0] & 15) * 4
    if packet[header] == (128 if six else 8) and pattern in packet[header + 8:]:
        print(peer[0])
        sys.exit(0)
sys.exit(1)`;
const SECONDS = '6';

/** Documentation addresses (RFC 5737, RFC 3849): nobody's. */
const NOBODY = { 4: '198.51.100.1', 6: '2001:db8::1' } as const;

export const source: CheckKind = {
  name: 'source',
  schema: () => object(
    { ...ENDS, seenAs: reference('Whose address the far end sees: a node, a container or an address.', 'c1', 'net-1') },
    { title: 'Source address', required: ['from', 'to', 'seenAs'], description: 'Packets arrive with this source address: the sender\'s own (not masqueraded), or a node\'s (masqueraded).', examples: [{ from: 'c1', to: 'c2', seenAs: 'c1' }] },
  ),
  references: { ...END_REFERENCES, seenAs: 'endpoint' },
  expects: { unreachable: false, values: [], patterns: false },
  describe: (subject) => arrow('source', subject, ` seen as ${word(subject, 'seenAs')}`),
  probe(subject, facts) {
    const path = pathOf(subject, facts);
    if (isNotRun(path)) return path;
    const owner = ownerOf(path.to, facts);
    if (owner === undefined) return { notRun: `${path.to} is not an address of the lab: nobody can watch there` };
    const far = placeOf(owner, facts);
    if (isNotRun(far)) return far;
    const seenAs = word(subject, 'seenAs');
    const wanted = addressesOf(seenAs, path.to, facts, familyOf(path.address));
    if (wanted.length === 0) return { notRun: `${seenAs} has no address` };
    // Not random: the same lab asks the same question; 16 bytes is the most that ping repeats.
    const pattern = createHash('sha256').update(`${path.name} ${path.to} ${seenAs}`).digest('hex').slice(0, 32);
    return {
      command: { node: path.node, argv: [...path.enter, 'ping', '-n', '-c', '3', '-i', '0.3', '-W', '1', '-p', pattern, path.address] },
      observer: { node: far.node, argv: [...far.enter, 'python3', '-c', OBSERVE, pattern, SECONDS, String(familyOf(path.address))] },
      read: (result, observed) => read(result, observed, seenAs, wanted),
    };
  },
  mutation(subject, facts) {
    const path = pathOf(subject, facts);
    if (isNotRun(path)) return undefined;
    const family = familyOf(path.address);
    return ruleMutation(path, `rewrite the source of what ${path.name} sends to ${path.to}`, 'nat', 'POSTROUTING', ['-d', path.address, '-p', family === 6 ? 'ipv6-icmp' : 'icmp', '-j', 'SNAT', '--to-source', NOBODY[family]], family);
  },
};

/** A node masquerades with the address of whatever interface the packet leaves by: any of its own will do. */
function addressesOf(name: string, viewer: string, facts: Facts, family: Family): readonly string[] {
  const first = facts.address(name, viewer, family);
  const node = isContainer(name, facts) ? undefined : facts.lab.nodes.find((each) => each.name === name);
  if (node === undefined) return first === undefined ? [] : [canonical(first) ?? first];
  const { links, containerNetworks, containerNetworks6 } = facts.lab;
  return [
    ...node.attachments.flatMap((attachment) => [attachment.address, attachment.address6 ?? attachment.address]),
    ...links.filter((link) => link.node === name).flatMap((link) => link.addresses.map((cidr) => addressPart(cidr))),
    ...containerNetworks.filter((network) => network.node === name).map((network) => addressPart(network.bip)),
    ...containerNetworks6.filter((network) => network.node === name).map((network) => network.address),
  ].filter((address) => familyOf(address) === family);
}

function read(result: CommandResult, observed: CommandResult | undefined, seenAs: string, wanted: readonly string[]): Reading {
  const asked = notAsked(result) ?? (observed && notAsked(observed));
  if (asked) return asked;
  const seen = observed === undefined ? '' : lastLine(observed.stdout.replace(/^ready$/m, ''));
  if (observed?.code === 0 && seen !== '') {
    const right = wanted.includes(seen);
    return { state: right ? 'works' : 'differs', value: seen, seen: right ? `seen as ${seen}` : `seen as ${seen}, not as ${seenAs} (${wanted.join(', ')})` };
  }
  if (observed?.code !== 1 || observed.stderr.trim() !== '') return { state: 'not-run', seen: `the observer could not watch: ${lastLine(observed?.stderr ?? '') || 'no output'}` };
  return { state: 'unreachable', seen: 'no packet arrived' };
}
