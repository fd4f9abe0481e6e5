/** What a user sees while writing a lab in an editor: the shipped schema, in the YAML language server most of them run. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { shippedLabs } from '../../generator/cli/find-lab.js';
import { schemaFrom } from '../../generator/cli/schema-place.js';
import { features } from '../../generator/plan/pipeline.js';
import { assembleSchema } from '../../generator/schema/assemble.js';
import { labgen, root } from '../support/context.js';
import { openEditor, type Editor } from '../support/language-server.js';

const LAB = 'lab: mine\nnodes:\n  net-1: {}\n';
const properties = (assembleSchema(features, false) as { properties: Record<string, unknown> }).properties;
const nodeKeys = ['address', 'networks', 'count', 'memory', 'cpus', ...features.flatMap((feature) => Object.keys(feature.nodeKeys ?? {}))];
const kinds = features.flatMap((feature) => feature.checkKinds ?? []).map((kind) => kind.name);

describe('a lab in an editor', () => {
  let editor: Editor;
  let folder: string;
  let made: string;
  let modeline: string;
  let count = 0;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'labgen-editor-'));
    // As its user does, in a folder that has nothing to do with labgen's own.
    assert.equal((await labgen(folder, 'new', 'my-lab')).code, 0);
    made = readFileSync(join(folder, 'my-lab.yaml'), 'utf8');
    modeline = `${made.split('\n')[0] ?? ''}\n`;
    editor = await openEditor();
  });

  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    assert.equal(await editor.close(), 0);
    assert.deepEqual(editor.asked, []);
  });

  const path = (): string => join(folder, `${++count}.yaml`);
  /** Places and messages, counted from the line after the one that names the schema. */
  const told = async (text: string): Promise<readonly string[]> => (await editor.diagnostics(path(), modeline + text)).map(({ range, message }) => `${range.start.line}:${range.start.character + 1} ${message}`);
  const offered = async (text: string): Promise<readonly string[]> => (await editor.completions(path(), modeline + text)).map(({ label }) => label);
  const shown = (text: string): Promise<string> => editor.hover(path(), modeline + text);

  describe('completes', () => {
    it('keys of the lab', async () => assert.deepEqual(missing(Object.keys(properties), ['lab', 'nodes'], await offered(`${LAB}¦`)), []));
    it('keys of a node', async () => assert.deepEqual(missing(nodeKeys, [], await offered('lab: mine\nnodes:\n  net-1:\n    ¦')), []));
    it('dockerd\'s settings', async () => assert.deepEqual(missing(['bip', 'mtu', 'icc', 'defaultAddressPools', 'package', 'flags'], [], await offered('lab: mine\nnodes:\n  net-1:\n    docker:\n      ¦')), []));
    it('every kind of check', async () => assert.deepEqual(missing([...kinds, 'expect', 'within', 'why'], [], await offered(`${LAB}checks:\n  - ¦`)), []));
    it('keys of a check', async () => assert.deepEqual(missing(['from', 'to', 'port'], [], await offered(`${LAB}checks:\n  - tcp:\n      ¦`)), []));
    it('what a check that uses another changes in it', async () => assert.deepEqual(missing(['from', 'to'], [], await offered(`${LAB}checks:\n  - use: across\n    ping:\n      ¦`)), []));
    it('that a check uses another', async () => assert.ok((await offered(`${LAB}checks:\n  - ¦`)).includes('use')));
    it('keys of a network', async () => assert.deepEqual((await offered(`${LAB}networks:\n  lan:\n    ¦`)).filter((key) => /^[a-z]/.test(key)).toSorted(), ['mtu', 'subnet', 'subnet6']));
    it('keys of a declared variable', async () => assert.deepEqual((await offered(`${LAB}vars:\n  mtu:\n    type: integer\n    ¦`)).toSorted(), ['default', 'description', 'enum']));
    it('keys of a named check', async () => assert.deepEqual(missing(kinds, [], await offered(`${LAB}namedChecks:\n  across:\n    ¦`)), []));
    it('blocks that have defaults', async () => assert.deepEqual((await offered(`${LAB}defaults:\n  ¦`)).toSorted(), ['checks', 'containers', 'nodes']));
    it('defaults of a node, without what is its own', async () => {
      const found = await offered(`${LAB}defaults:\n  nodes:\n    ¦`);
      assert.deepEqual([missing(['memory', 'docker'], [], found), found.includes('count')], [[], false]);
    });
    it('blocks in a stage', async () => assert.deepEqual(missing(['title', 'nodes', 'tunnels', 'checks'], [], await offered(`${LAB}stages:\n  - name: open\n    ¦`)), []));

    const VALUES: readonly (readonly [what: string, text: string, expected: readonly string[]])[] = [
      ['kind of a tunnel', 'tunnels:\n  t:\n    kind: ¦', ['gre', 'gretap', 'ipip', 'vxlan', 'wireguard']],
      ['kind of a bridge', 'bridges:\n  br0:\n    kind: ¦', ['linux', 'ovs']],
      ['type of a declared variable', 'vars:\n  mtu:\n    type: ¦', ['address', 'boolean', 'cidr', 'duration', 'integer', 'list', 'map', 'number', 'port', 'string']],
      ['flannel\'s backend', 'flannel:\n  backend: ¦', ['host-gw', 'udp', 'vxlan']],
      ['hook of a rule', 'firewall:\n  - node: net-1\n    hook: ¦', ['forward', 'input', 'output', 'postrouting', 'prerouting']],
      ['true or false, with a default', 'bridges:\n  br0:\n    stp: ¦', ['false', 'true']],
      ['true or false, without one', 'checks:\n  - interface:\n      node: net-1\n      up: ¦', ['false', 'true']],
    ];
    for (const [what, text, expected] of VALUES) it(`a value: ${what}`, async () => assert.deepEqual([...await offered(LAB + text)].sort(), expected));

    it('with what it is, each value with its own words', async () => {
      const items = await editor.completions(path(), `${modeline}${LAB}flannel:\n  backend: ¦`);
      assert.equal(words(items.find(({ label }) => label === 'udp')), 'In UDP, through flanneld itself; MTU 1472.');
      for (const item of await editor.completions(path(), `${modeline}${LAB}checks:\n  - ¦`)) assert.match(words(item), /\.$/m, item.label);
    });

    it('with text that is YAML: a key, a colon, and places to fill in', async () => {
      for (const before of ['', `${LAB}`, 'lab: mine\nnodes:\n  net-1:\n    ', 'lab: mine\nnodes:\n  net-1:\n    docker:\n      ', `${LAB}checks:\n  - `, `${LAB}containers:\n  c1:\n    `, `${LAB}swarm:\n  `]) {
        const items = await editor.completions(path(), `${modeline}${before}¦`);
        assert.ok(items.length > 5, before);
        // An editor moves further lines to where the first one stands.
        const [indent = ''] = /^ */.exec(before.split('\n').at(-1) ?? '') ?? [];
        for (const item of items) {
          const inserted = (item.textEdit?.newText ?? item.insertText ?? '').replaceAll(/\$\{\d+:([^{}]*)\}/g, '$1').replaceAll(/\$\d+/g, '').replaceAll('\n', `\n${indent}`);
          const document = parseDocument(before + inserted);
          assert.deepEqual(document.errors.map((error) => error.message), [], inserted);
          assert.match(inserted, /^[a-zA-Z0-9-]+:( |\n|$)/, inserted);
        }
      }
    });
  });

  it('finds the schema by each kind of path that "labgen new" writes', async () => {
    // Blanks would end a path: it is a URL then.
    const installed = join(folder, 'my tools #1', 'node_modules', 'labgen');
    cpSync(join(root, 'labs/lab.schema.json'), join(installed, 'labs/lab.schema.json'), { recursive: true });
    const places = [folder, join(folder, 'my tools #1'), join(folder, 'my tools #1', 'course'), join(tmpdir(), 'elsewhere')];
    const lines = places.map((place) => schemaFrom(place, installed));
    assert.deepEqual(lines.map((line) => /^(file:|\.\.|\/)?/.exec(line)?.[0]), ['file:', '', '..', 'file:']);
    const found = await Promise.all(lines.map((line, index) => editor.diagnostics(join(places[index] ?? '', 'place.yaml'), `# yaml-language-server: $schema=${line}\nlba: mine\n`)));
    for (const each of found) assert.deepEqual(each.map(({ message }) => message), ['Missing property "lab".', 'Property lba is not allowed.', 'Missing property "nodes".']);
  });

  it('would say so where it found none', async () => {
    const [told] = await editor.diagnostics(path(), '# yaml-language-server: $schema=nowhere.json\nlab: mine\n');
    assert.match(told?.message ?? '', /^Unable to load schema from /);
  });

  describe('shows, of a key', () => {
    it('what it is, its legal values and an example', async () => {
      const text = await shown(`${LAB}flannel:\n  etcd: net-1\n  back¦end: udp\n`);
      assert.match(text, /^#### flannel\n\nHow packets get from node to node\.\n\nAllowed Values:\n\n\* `udp`: In UDP[^]*\* `vxlan`: [^]*Example:\n\n```yaml\nhost-gw\n```/);
    });
    it('its title', async () => assert.match(await shown(`${LAB}checks:\n  - pi¦ng: { from: net-1, to: net-1 }\n`), /^#### Ping\n\nAn echo request .*\n\nExample:\n\n```yaml\nfrom: c1\nto: c2\n```/));
    const WORDS: readonly (readonly [key: string, text: string, said: RegExp])[] = [
      ['include', `${LAB}incl¦ude: [shared/two-nodes.yaml]\n`, /^#### Include\n\nFiles with parts of a lab, beneath this one/],
      ['groups', `${LAB}gro¦ups: { all: [net-1] }\n`, /^#### Groups\n\nNames that stand for several nodes/],
      ['namedChecks', `${LAB}namedC¦hecks: { up: { ping: { from: net-1, to: net-1 } } }\n`, /^#### Named checks\n\nChecks that are asked only where/],
      ['use', `${LAB}checks:\n  - u¦se: across\n`, /A check of "namedChecks"; what else is written here is changed in it\./],
      ['defaults', `${LAB}defa¦ults: { nodes: { memory: 2048 } }\n`, /^#### Defaults\n\nWhat every node, container or check has/],
      ['mtu of a network', `${LAB}networks: { lan: { subnet: 10.0.0.0/24, m¦tu: 9000 } }\n`, /The largest IP packet on it, in bytes/],
      ['a default of nodes', `${LAB}defaults: { nodes: { mem¦ory: 2048 } }\n`, /Memory in MiB\./],
      ['type of a declared variable', `${LAB}vars: { mtu: { ty¦pe: integer } }\n`, /What it may be\.[^]*\* `integer`: A whole number\./],
    ];
    for (const [key, text, said] of WORDS) it(`what it is: ${key}`, async () => assert.match(await shown(text), said));
    it('where its value is a variable, too', async () => assert.match(await shown(`${LAB}vars: { b: true }\nbridges: { br0: { st¦p: { var: b } } }\n`), /Spanning tree/));
  });

  describe('marks', () => {
    const MISTAKES: readonly (readonly [what: string, text: string, ...expected: readonly string[]])[] = [
      ['a typo in a key', 'lab: mine\nnodes:\n  net-1:\n    dokcer: {}\n', '4:5 Property dokcer is not allowed.'],
      ['a typo in a stage', `${LAB}stages:\n  - name: open\n    nodes: { net-1: { docker: { mtuu: 1400 } } }\n`, '6:33 Property mtuu is not allowed.'],
      ['an unknown kind of check', `${LAB}checks:\n  - pnig: { from: net-1, to: net-1 }\n`, '5:5 Property pnig is not allowed.'],
      ['a text for a number', 'lab: mine\nnodes:\n  net-1: { memory: much }\n', '3:20 Incorrect type. Expected "integer | {var: name} | null".'],
      ['yes, which is a text', 'lab: mine\nnodes:\n  net-1: { docker: { icc: yes } }\n', '3:27 Incorrect type. Expected "boolean | {var: name} | null".'],
      ['a map for a list', `${LAB}checks: {}\n`, '4:9 Incorrect type. Expected "array".'],
      ['a value that is not one of the legal ones', `${LAB}flannel: { etcd: net-1, backend: vxlam }\n`, '4:34 Value is not accepted. Valid values: "vxlan", "udp", "host-gw".'],
      ['a missing key of the lab', 'nodes:\n  net-1: {}\n', '1:1 Missing property "lab".'],
      ['a missing key of a tunnel', `${LAB}tunnels:\n  mesh: { kind: gre }\n`, '5:3 Missing property "ends".'],
      ['a missing key of a block', `${LAB}flannel: { backend: udp }\n`, '4:1 Missing property "etcd".'],
      ['a missing key of a network', `${LAB}networks: { lan: { mtu: 1400 } }\n`, '4:13 Missing property "subnet".'],
      ['a node or a container, neither of which is there', `${LAB}checks:\n  - file: { path: /etc/hosts }\n`, '5:5 Missing property "node".'],
      ['an address that is none', 'lab: mine\nnodes:\n  net-1: { address: 300.1.1.1 }\n', '3:21 Needed: an IPv4 address.'],
      ['a name that is none', 'lab: mine\nnodes:\n  Net1: {}\n', '3:3 Needed: lower-case letters, digits and single dashes, beginning with a letter.'],
      ['a number out of range', 'lab: mine\nnodes:\n  net-1: { memory: 3 }\n', '3:20 Value is below the minimum of 256.'],
      ['a duration that is none', `${LAB}checks:\n  - ping: { from: net-1, to: net-1 }\n    within: 3h\n`, '6:13 Needed: a duration such as 30s or 2m.'],
      ['something else than a map, or false', 'lab: mine\nnodes:\n  net-1: { docker: maybe }\n', '3:20 Incorrect type. Expected one of object, boolean, null.'],
      ['a text for a number, of a block', `${LAB}tunnels: { t: { kind: gre, ends: [net-1, net-2], ttl: long } }\n`, '4:55 Incorrect type. Expected "integer | {var: name}".'],
      ['a type that no variable has', `${LAB}vars: { mtu: { type: int } }\n`, '4:22 Value is not accepted. Valid values: "string", "integer", "number", "boolean", "list", "map", "address", "cidr", "port", "duration".'],
      ['a typo in defaults', `${LAB}defaults:\n  containers: { iamge: toolbox }\n`, '5:17 Property iamge is not allowed.'],
      ['a typo in a named check', `${LAB}namedChecks:\n  up: { pnig: { from: net-1, to: net-1 } }\n`, '5:9 Property pnig is not allowed.'],
      ['what a check leaves out that uses none', `${LAB}checks:\n  - ping: { to: net-1 }\n`, '5:5 Missing property "from".'],
      ['a typo in what is changed in a named check', `${LAB}namedChecks: { up: { ping: { from: net-1, to: net-1 } } }\nchecks:\n  - { use: up, ping: { too: net-1 } }\n`, '6:24 Property too is not allowed.'],
    ];
    // The server looks at a text a moment after it has changed: at all of them in the same moment.
    let marked: readonly (readonly string[])[];
    before(async () => void (marked = await Promise.all(MISTAKES.map(([, text]) => told(text)))));
    for (const [index, [what, , ...expected]] of MISTAKES.entries()) it(what, () => assert.deepEqual(marked[index], expected));
  });

  describe('marks nothing', () => {
    it('in what "labgen new" wrote', async () => assert.deepEqual(await editor.diagnostics(join(folder, 'my-lab.yaml'), made), []));

    it('in any shipped lab, by its own line', async () => {
      await Promise.all(shippedLabs(root).map(async (lab) => {
        const file = join(root, 'labs', `${lab}.yaml`);
        assert.deepEqual(await editor.diagnostics(file, readFileSync(file, 'utf8')), [], lab);
      }));
    });

    it('in any lab of the tests', async () => {
      await Promise.all(readdirSync(join(root, 'spec/labs')).filter((name) => name.endsWith('.yaml')).map(async (name) => assert.deepEqual(await told(readFileSync(join(root, 'spec/labs', name), 'utf8')), [], name)));
    });

    it('in any example of the docs', async () => {
      const examples = readFileSync(join(root, 'docs/language.md'), 'utf8').match(/(?<=```yaml\n)[^]*?(?=```)/g) ?? [];
      const right = readdirSync(join(root, 'codes')).flatMap((name) => /\nRight:\n\n```yaml\n([^]*?)```/.exec(readFileSync(join(root, 'codes', name), 'utf8'))?.[1] ?? []);
      assert.ok(examples.length > 10 && right.length > 40, `${examples.length} ${right.length}`);
      // What is given to --vars is no lab.
      const values = examples.filter((text) => text.startsWith('# big.yaml\n'));
      assert.equal(values.length, 1);
      await Promise.all([...examples.filter((text) => !values.includes(text)), ...right].map(async (text) => assert.deepEqual(await told(whole(text)), [], text)));
    });

    it('in what others fill in: defaults, a file beneath, the check that is used', async () => {
      const FILLED = [
        `${LAB}defaults: { containers: { command: [top] } }\ncontainers: { c1: { node: net-1, command: null } }\n`,
        'lab: mine\ninclude: [shared/two-nodes.yaml]\nchecks:\n  - ping: { from: net-1, to: net-2 }\n',
        'lab: mine\ninclude: [shared/all.yaml]\nnetworks: { lan: { mtu: 1400 } }\ntunnels: { t: { ttl: 3 } }\nflannel: { backend: udp }\nswarm: { addressPool: 10.20.0.0/16 }\nartifacts: { weave: { version: "2.8.1" } }\n',
        `${LAB}namedChecks: { up: { ping: { from: net-1, to: net-1 } } }\nchecks:\n  - { use: up, ping: { to: 192.168.56.12 } }\nstages:\n  - name: last\n    namedChecks: { up: { ping: { to: 192.168.56.12 } } }\n  - name: gone\n    namedChecks: { up: null }\n`,
        `${LAB}vars: { mtu: { type: integer, default: 1400, enum: [1400, 1450], description: In bytes. }, l: [a] }\nstages:\n  - name: wide\n    vars: { mtu: 1450, l: null }\n`,
        `${LAB}checks:\n  - { ping: { from: net-1, to: net-1 }, expect: [unreachable, refused] }\n  - { ping: { from: net-1, to: net-1 }, expect: 1..5 }\n`,
      ];
      assert.deepEqual(await Promise.all(FILLED.map((text) => told(text))), FILLED.map(() => []));
    });

    it('in variables, wherever they may stand', async () => {
      assert.deepEqual(await told('lab: mine\nvars: { n: 1400, b: true, k: gre, l: [a, b] }\nnodes: { net-1: { memory: { var: n }, docker: { icc: { var: b }, flags: { var: l } } }, net-2: {} }\ntunnels: { t: { kind: { var: k }, ends: [net-1, net-2] } }\nchecks: [{ iptables: { node: net-1, table: { var: k }, chain: INPUT } }]\n'), []);
    });
  });
});

/** What should be offered and is not; keys that are there already are not offered again. */
function missing(wanted: readonly string[], there: readonly string[], offered: readonly string[]): readonly string[] {
  return wanted.filter((key) => !there.includes(key) && !offered.includes(key));
}

function words(item: { readonly documentation?: string | { readonly value: string } } | undefined): string {
  const said = item?.documentation ?? '';
  return typeof said === 'string' ? said : said.value;
}

/** An example is a part of a lab; what it leaves out with dots is filled in. */
function whole(text: string): string {
  const key = (name: string): boolean => new RegExp(`^${name}:`, 'm').test(text);
  return `${key('lab') ? '' : 'lab: mine\n'}${key('nodes') ? '' : 'nodes: { net-1: {} }\n'}${text.replaceAll('https://…', 'https://example.org')}`;
}
