/** lease: what etcd leased to a node for flannel is what its docker0 has, with the MTU that flannel leaves. */
import type { CheckKind, CommandResult, Reading } from '../../model/check.js';
import { numberOf, parseJson, textOf, textsOf } from '../../model/foreign.js';
import { isTree } from '../../model/merge.js';
import { lastLine, notAsked, notUnderstood, word } from '../../model/probe.js';
import { object, reference } from '../../schema/patterns.js';

/** etcd's version 3 as JSON over HTTP: keys and values are base64; a range that ends before "0" is all below "/". */
const ASK = `import base64, json, subprocess, sys, urllib.request
url, address, bridge = sys.argv[1:]
code = lambda text: base64.b64encode(text.encode()).decode()
prefix = "/coreos.com/network/subnets/"
body = json.dumps({"key": code(prefix), "range_end": code(prefix[:-1] + "0")}).encode()
try:
    kvs = json.load(urllib.request.urlopen(urllib.request.Request(url + "/v3/kv/range", body), timeout=10)).get("kvs", [])
except OSError as error:
    sys.exit("etcd does not answer: %s" % error)
lease = ""
for kv in kvs:
    if json.loads(base64.b64decode(kv["value"]))["PublicIP"] == address:
        lease = base64.b64decode(kv["key"]).decode()[len(prefix):].replace("-", "/")
link = json.loads(subprocess.run(["ip", "-j", "-4", "addr", "show", "dev", bridge], stdout=subprocess.PIPE).stdout or "[]")
info = ["%s/%d" % (each["local"], each["prefixlen"]) for each in (link[0].get("addr_info", []) if link else [])]
print(json.dumps({"lease": lease, "has": info, "mtu": link[0]["mtu"] if link else 0}))`;

export const lease: CheckKind = {
  name: 'lease',
  schema: () => object({ node: reference('The node.', 'worker-1') }, { title: 'flannel lease', required: ['node'], description: "What flannel leased to the node in etcd is its docker0's network, and docker0 has the MTU of flannel's backend. Expect: the leased subnet, a pattern.", examples: [{ node: 'worker-1' }] }),
  references: { node: 'node' },
  expects: { unreachable: false, values: ['string'], words: ['absent'], patterns: true },
  describe: (subject) => `lease ${word(subject, 'node')}`,
  probe(subject, facts) {
    const node = facts.lab.flannelNodes.find((each) => each.node === word(subject, 'node'));
    if (!node) return { notRun: `flannel is not on ${word(subject, 'node')}` };
    const bridge = facts.lab.nodes.find((each) => each.name === node.node)?.dockerBridge ?? 'docker0';
    return { command: { node: node.node, argv: ['python3', '-c', ASK, `http://${node.etcd.address}:2379`, node.address, bridge] }, read: (result) => read(result, node.mtu) };
  },
  mutation(subject, facts, expect) {
    const node = facts.lab.flannelNodes.find((each) => each.node === word(subject, 'node'));
    if (!node || expect.is !== 'works') return undefined;
    const set = (mtu: number) => ({ node: node.node, argv: ['ip', 'link', 'set', 'dev', facts.lab.nodes.find((each) => each.name === node.node)?.dockerBridge ?? 'docker0', 'mtu', String(mtu)] });
    return { title: `MTU ${node.mtu - 100} on docker0 of ${node.node}`, break: set(node.mtu - 100), mend: set(node.mtu) };
  },
};

function read(result: CommandResult, mtu: number): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  if (result.code !== 0) return { state: 'unreachable', seen: lastLine(result.stderr) || `exit ${result.code}` };
  const said = parseJson(result.stdout);
  const [leased, has, width] = isTree(said) ? [textOf(said['lease']), textsOf(said['has']), numberOf(said['mtu'])] : [];
  if (leased === undefined || has === undefined || width === undefined) return notUnderstood('the node', result);
  const seen = `etcd leases ${leased || 'nothing'} to it; docker0 has ${has.join(', ') || 'no address'}, mtu ${width}`;
  if (leased === '') return { state: 'unreachable', value: 'absent', seen };
  // The lease is the network, the bridge its first host.
  const first = leased.replace(/\.(\d+)\//, (_all, last: string) => `.${Number(last) + 1}/`);
  return { state: has.includes(first) && width === mtu ? 'works' : 'differs', value: leased, seen };
}
