/** counter: a rule counts what someone sends. Reading a counter once proves nothing: it may have grown long ago. */
import type { CheckKind, CommandResult, Reading } from '../../model/check.js';
import { isNotRun, lastLine, notAsked, placeOf, ruleMutation, targetOf, word } from '../../model/probe.js';
import { familyOf } from '../../model/family.js';
import { filterTool } from '../../model/rule.js';
import { choice, family, object, port, reference, text } from '../../schema/patterns.js';
import { table } from './schema.js';

/** Prints `ready` with the counter as it is, then the counter once it has grown, or at the end of its time. */
const WATCH = `import re, subprocess, sys, time
tool, table, chain, wanted, seconds = sys.argv[1:]
def count():
    lines = subprocess.run([tool, "-w", "5", "-t", table, "-v", "-S", chain], check=True, capture_output=True, text=True).stdout.splitlines()
    found = [re.search(r" -c (\\d+) \\d+", line) for line in lines if wanted in re.sub(r" -c \\d+ \\d+", "", line)]
    return sum(int(each.group(1)) for each in found if each) if found else None
before = count()
if before is None:
    print("ready", flush=True)
    sys.exit(4)
print("ready", flush=True)
end = time.monotonic() + float(seconds)
while (after := count()) == before and time.monotonic() < end:
    time.sleep(0.2)
print(before, after)
sys.exit(0 if after is not None and after > before else 1)`;
const SECONDS = '4';

const KNOCK = 'case $3 in tcp) timeout 2 bash -c \'exec 3<>"/dev/tcp/$1/$2"\' bash "$1" "$2" ;; udp) exec 3<>"/dev/udp/$1/$2" && echo labgen >&3 ;; esac; true';

export const counter: CheckKind = {
  name: 'counter',
  schema: () => object(
    {
      node: reference('The node whose rule counts.', 'net-1'),
      family: family('The family of the rule: 6 for ip6tables and the IPv6 address of "to". Left out: iptables.'),
      table: table(),
      chain: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_.-]*$', form: 'the name of a chain', maxLength: 28, description: 'The chain of the table.', examples: ['DOCKER'] },
      rule: text('Words that the rule has as "iptables -S" prints it.', '--dport 8080 -j DNAT', { minLength: 1 }),
      from: reference('The node or container that sends.'),
      to: reference('Whereto: a node, a container or an address.'),
      port: port('The port that is knocked at.', 8080),
      protocol: choice('What is sent.', { tcp: 'A TCP connection is asked for.', udp: 'A UDP datagram.' }, { default: 'tcp', examples: ['udp'] }),
    },
    { title: 'Counter of a rule', required: ['node', 'chain', 'rule', 'from', 'to', 'port'], description: 'A packet filter rule counts what is sent. Expect: unreachable (it does not).', examples: [{ node: 'net-1', table: 'nat', chain: 'DOCKER', rule: '--dport 8080 -j DNAT', from: 'net-2', to: 'net-1', port: 8080 }] },
  ),
  references: { node: 'node', from: 'endpoint', to: 'endpoint' },
  expects: { unreachable: true, values: [], patterns: false },
  describe: (subject) => ['counter', word(subject, 'node'), word(subject, 'table') || 'filter', word(subject, 'chain'), word(subject, 'rule'), 'of', word(subject, 'from'), '→', `${word(subject, 'to')}:${word(subject, 'port')}${subject['family'] === 6 ? ' by IPv6' : ''}`].join(' '),
  probe(subject, facts) {
    const [node, from, to] = ['node', 'from', 'to'].map((key) => word(subject, key)) as [string, string, string];
    const place = placeOf(from, facts);
    if (isNotRun(place)) return place;
    const watched = placeOf(node, facts);
    if (isNotRun(watched)) return watched;
    const address = targetOf(to, from, facts, subject['family'] === 6 ? 6 : undefined);
    if (typeof address !== 'string') return address;
    return {
      command: { node: place.node, argv: [...place.enter, 'bash', '-c', KNOCK, 'bash', address, word(subject, 'port'), word(subject, 'protocol') || 'tcp'] },
      observer: { node: watched.node, argv: ['python3', '-c', WATCH, filterTool(familyOf(address)), word(subject, 'table') || 'filter', word(subject, 'chain'), word(subject, 'rule'), SECONDS] },
      read,
    };
  },
  mutation(subject, facts, expect) {
    const place = placeOf(word(subject, 'node'), facts);
    if (isNotRun(place) || expect.is === 'unreachable') return undefined;
    const match = ['-p', word(subject, 'protocol') || 'tcp', '--dport', word(subject, 'port'), '-j', 'RETURN'];
    return ruleMutation(place, `let ${word(subject, 'chain')} pass by what goes to port ${word(subject, 'port')}`, word(subject, 'table') || 'filter', word(subject, 'chain'), match, subject['family'] === 6 ? 6 : 4);
  },
};

function read(result: CommandResult, observed: CommandResult | undefined): Reading {
  const asked = notAsked(result) ?? (observed && notAsked(observed));
  if (asked) return asked;
  if (observed?.code === 4) return { state: 'unreachable', value: 'absent', seen: 'there is no such rule' };
  const [, before, after] = /^(\d{1,20}) (\d{1,20})$/m.exec(observed?.stdout ?? '') ?? [];
  if (before === undefined || after === undefined) return { state: 'not-run', seen: `the counter could not be read: ${lastLine(observed?.stderr ?? '') || 'no output'}` };
  return { state: Number(after) > Number(before) ? 'works' : 'unreachable', value: Number(after) - Number(before), seen: `${before} packets before, ${after} after` };
}
