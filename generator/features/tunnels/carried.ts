/** carried: that packets really travel inside the tunnel, counted where they arrive on the underlay. */
import type { CheckKind, CommandResult, Facts, Reading } from '../../model/check.js';
import { canonicalText, type Family } from '../../model/family.js';
import { filterTool } from '../../model/rule.js';
import { isNotRun, lastLine, notAsked, ownerOf, word } from '../../model/probe.js';
import { object } from '../../schema/patterns.js';
import { arrow, END_REFERENCES, ENDS, pathOf } from '../reachability/path.js';

/**
 * Counts GRE packets (protocol 47) whose inner destination is an address, until three came or time is up. A raw
 * socket sees them, with their outer header where that is IPv4; GRE's own is 4 bytes plus 4 for each of checksum, key and sequence.
 */
const COUNT = `import socket, struct, sys, time
six = ":" in sys.argv[1]
wanted, end = socket.inet_pton(socket.AF_INET6 if six else socket.AF_INET, sys.argv[1]), time.monotonic() + float(sys.argv[2])
outer6 = sys.argv[3] == "6"
gre = socket.socket(socket.AF_INET6 if outer6 else socket.AF_INET, socket.SOCK_RAW, 47)
print("ready", flush=True)
count, outer = 0, ""
while count < 3 and time.monotonic() < end:
    gre.settimeout(max(0.01, end - time.monotonic()))
    try:
        packet, peer = gre.recvfrom(65535)
    except socket.timeout:
        break
    # A raw socket of IPv6 gives no IP header.
    start = 0 if outer6 else (packet[0] & 15) * 4
    flags, protocol = struct.unpack("!HH", packet[start:start + 4])
    inner = start + 4 + 4 * (((flags >> 15) & 1) + ((flags >> 13) & 1) + ((flags >> 12) & 1))
    if (protocol, packet[inner + 24:inner + 40] if six else packet[inner + 16:inner + 20]) == (0x86DD if six else 0x0800, wanted):
        count, outer = count + 1, peer[0]
print(count, outer)
sys.exit(0 if count else 1)`;
const SECONDS = '6';

export const carried: CheckKind = {
  name: 'carried',
  schema: () => object({ ...ENDS }, {
    title: 'Carried by a tunnel',
    required: ['from', 'to'],
    description: 'Packets from one end arrive at the node of the other inside GRE packets, counted on the underlay.',
    examples: [{ from: 'c1', to: 'c2' }],
  }),
  references: END_REFERENCES,
  expects: { unreachable: false, values: [], patterns: false },
  describe: (subject) => arrow('carried', subject, ' in GRE'),
  probe(subject, facts) {
    const path = pathOf(subject, facts);
    if (isNotRun(path)) return path;
    const owner = ownerOf(path.to, facts);
    if (owner === undefined) return { notRun: `${path.to} is not an address of the lab: nobody can watch there` };
    return {
      command: { node: path.node, argv: [...path.enter, 'ping', '-n', '-c', '3', '-i', '0.3', '-W', '1', path.address] },
      observer: { node: facts.nodeOf(owner), argv: ['python3', '-c', COUNT, canonicalText(path.address), SECONDS, String(outerOf(path.node, facts.nodeOf(owner), facts))] },
      read,
    };
  },
  mutation(subject, facts) {
    const owner = ownerOf(word(subject, 'to'), facts);
    const path = pathOf(subject, facts);
    if (owner === undefined || isNotRun(path)) return undefined;
    // Dropped before the raw socket sees it: the underlay's own filter.
    const rule = ['-p', 'gre', '-m', 'comment', '--comment', 'labgen-mutation', '-j', 'DROP'];
    const tool = filterTool(outerOf(path.node, facts.nodeOf(owner), facts));
    const command = (verb: string) => ({ node: path.node, argv: [tool, '-w', '5', '-t', 'filter', verb, 'OUTPUT', ...rule] });
    return { title: `drop GRE that leaves ${path.node}`, break: command('-I'), mend: command('-D') };
  },
};

/** The family of the packets around: that of the tunnel between two nodes. */
function outerOf(from: string, to: string, facts: Facts): Family {
  return facts.lab.links.some((link) => link.type === 'ip6gre' && link.node === from && link.peer === to) ? 6 : 4;
}

function read(result: CommandResult, observed: CommandResult | undefined): Reading {
  const asked = notAsked(result) ?? (observed && notAsked(observed));
  if (asked) return asked;
  const [count = '0', outer = ''] = lastLine(observed?.stdout ?? '').split(' ');
  if (observed?.code === 0) return { state: 'works', value: Number(count), seen: `${count} GRE packets from ${outer}` };
  return { state: 'unreachable', seen: 'no GRE packet with that destination arrived' };
}
