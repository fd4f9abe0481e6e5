/** bridge: a Linux bridge of a node, who is on it, and whether it has learned where they are. */
import type { CheckKind, CommandResult, Facts, NodeCommand, Reading, Subject } from '../../model/check.js';
import { parseJson, textOf, textsOf } from '../../model/foreign.js';
import { isTree } from '../../model/merge.js';
import { isNotRun, lastLine, notAsked, notUnderstood, placeOf, word } from '../../model/probe.js';
import { interfaceName, object, reference } from '../../schema/patterns.js';

/**
 * Words: bridge, PID of a container or empty. Prints one JSON value. Before the forwarding table is read, the container
 * says something: what a bridge has learned is forgotten after five minutes.
 */
const LOOK = `import json, subprocess, sys
bridge, pid = sys.argv[1:]
def ask(*words, check=True):
    return subprocess.run(words, capture_output=True, text=True, check=check).stdout
found = [link for link in json.loads(ask("ip", "-j", "-d", "link", "show")) if link["ifname"] == bridge]
if not found or found[0].get("linkinfo", {}).get("info_kind") != "bridge":
    print(json.dumps({"there": False}))
    sys.exit()
ports = json.loads(ask("ip", "-j", "link", "show", "master", bridge) or "[]")
seen = {"there": True, "ports": [port["ifname"] for port in ports]}
if pid:
    enter = ["nsenter", "-t", pid, "-n"]
    ends = {link.get("link_index"): link for link in json.loads(ask(*enter, "ip", "-j", "link", "show")) if link["ifname"] != "lo"}
    port = next((port for port in ports if port["ifindex"] in ends), None)
    if port:
        mac = ends[port["ifindex"]]["address"]
        routes = json.loads(ask(*enter, "ip", "-j", "route", "show", "default") or "[]")
        local = [addr["local"] for link in json.loads(ask("ip", "-j", "-4", "addr", "show", "dev", bridge) or "[]") for addr in link.get("addr_info", [])]
        for target in [route["gateway"] for route in routes if "gateway" in route] + local:
            ask(*enter, "ping", "-c", "1", "-W", "1", target, check=False)
        entries = json.loads(ask("bridge", "-j", "fdb", "show", "br", bridge) or "[]")
        learned = [entry["ifname"] for entry in entries if entry["mac"] == mac and "permanent" not in (entry.get("state") or "")]
        seen.update(port=port["ifname"], mac=mac, learned=learned)
print(json.dumps(seen))`;

/** The interface of the node whose other end is the container's. */
const FIND = 'index=$(nsenter -t "$2" -n ip -o link | sed -n "s/^[0-9]*: [^ :]*@if\\([0-9]*\\):.*/\\1/p" | head -n 1); port=$(ip -o link | sed -n "s/^$index: \\([^ :@]*\\).*/\\1/p"); [ -n "$port" ] || exit 3;';
const EXTRA = 'labgen-mut';

export const bridge: CheckKind = {
  name: 'bridge',
  schema: () => object(
    {
      node: reference('The node to look at.', 'net-1'),
      name: interfaceName('The bridge.', 'docker0'),
      port: reference('A container whose veth is one of its ports.', 'c1'),
      learned: { type: 'boolean', description: 'Whether the bridge has learned the MAC of that container, at that port.', examples: [true] },
      ports: { type: 'integer', minimum: 0, maximum: 10000, description: 'How many ports it has.', examples: [2] },
    },
    { title: 'Linux bridge', required: ['node', 'name'], description: 'A Linux bridge is there, and is as the keys say. Expect: absent (with "port": not a port of it).', examples: [{ node: 'net-1', name: 'docker0', port: 'c1', learned: true }], dependencies: { learned: ['port'] } },
  ),
  references: { node: 'node', port: 'container' },
  expects: { unreachable: false, values: [], words: ['absent'], patterns: false },
  describe: (subject) => ['bridge', word(subject, 'node'), word(subject, 'name'), ...['port', 'learned', 'ports'].filter((key) => subject[key] !== undefined).map((key) => `${key} ${word(subject, key)}`)].join(' '),
  probe(subject, facts) {
    const place = placeOf(word(subject, 'node'), facts);
    if (isNotRun(place)) return place;
    const pid = pidOf(subject, facts);
    if (typeof pid !== 'string') return pid;
    return { command: { node: place.node, argv: ['python3', '-c', LOOK, word(subject, 'name'), pid] }, read: (result) => read(result, subject) };
  },
  mutation(subject, facts, expect) {
    const [node, name] = [word(subject, 'node'), word(subject, 'name')];
    const pid = pidOf(subject, facts);
    if (typeof pid !== 'string') return undefined;
    const act = (text: string): NodeCommand => ({ node, argv: ['sh', '-c', text, 'sh', name, pid, EXTRA] });
    if (expect.is !== 'works') return pid === '' ? { title: `make a bridge ${name}`, break: act('ip link add "$1" type bridge'), mend: act('ip link del "$1"') } : undefined;
    if (pid !== '') return { title: `take ${word(subject, 'port')} off ${name}`, break: act(`${FIND} ip link set dev "$port" nomaster`), mend: act(`${FIND} ip link set dev "$port" master "$1"`) };
    return subject['ports'] === undefined ? undefined : { title: `one port more on ${name}`, break: act('ip link add "$3" type veth peer name "$3-far" && ip link set dev "$3" master "$1"'), mend: act('ip link del "$3"') };
  },
};

/** Empty where no container is asked about. */
function pidOf(subject: Subject, facts: Facts): string | { readonly notRun: string } {
  const name = word(subject, 'port');
  if (name === '') return '';
  const place = placeOf(name, facts);
  if (isNotRun(place)) return place;
  return place.node === word(subject, 'node') ? String(facts.pid(name)) : { notRun: `${name} is on ${place.node}` };
}

function read(result: CommandResult, subject: Subject): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  const seen = parseJson(result.stdout);
  if (!isTree(seen) || typeof seen['there'] !== 'boolean') return result.code === 0 ? notUnderstood('the node', result) : { state: 'not-run', seen: lastLine(result.stderr) || lastLine(result.stdout) || `exit ${result.code}` };
  const name = word(subject, 'name');
  if (!seen['there']) return { state: 'unreachable', value: 'absent', seen: `there is no bridge ${name}` };
  const [ports, at] = [textsOf(seen['ports']), textOf(seen['port'])];
  if (!ports) return notUnderstood('the node', result);
  const count = ports.length;
  if (subject['port'] !== undefined && at === undefined) return { state: 'unreachable', value: 'absent', seen: `${word(subject, 'port')} is not on ${name}; its ports are ${ports.join(', ') || 'none'}` };
  const learned = at !== undefined && textsOf(seen['learned'])?.includes(at) === true;
  const wrong = (subject['ports'] !== undefined && subject['ports'] !== count) || (subject['learned'] !== undefined && subject['learned'] !== learned);
  const port = at === undefined ? '' : `, ${word(subject, 'port')} at ${at} with ${textOf(seen['mac']) ?? 'an unknown MAC'}, ${learned ? 'learned' : 'not learned'}`;
  return { state: wrong ? 'differs' : 'works', value: 'present', seen: `${count} ${count === 1 ? 'port' : 'ports'}${port}` };
}
