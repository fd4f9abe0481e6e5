/** In every shipped lab, and in one made of parts, each name that is used is mistyped once: that is one error, where it stands, with the right name. */
import assert from 'node:assert/strict';
import { isMap, isPair, isScalar, isSeq, parseDocument, type Node } from 'yaml';
import { shippedLabs } from '../../generator/cli/find-lab.js';
import { isTree, type Tree } from '../../generator/model/merge.js';
import { nearest } from '../../generator/model/nearest.js';
import type { Problem } from '../../generator/model/problem.js';
import { validateLab } from '../../generator/plan/pipeline.js';
import { root } from '../support/context.js';
import { assetsOf, labText } from '../support/labs.js';

interface Use {
  readonly name: string;
  readonly offset: number;
  readonly path: string;
}

/** Keys under which a text is a name of the lab and nothing else. */
const NAMES = /\.(node|nodes\[\d+\]|from|to|container|on|etcd|via|seenAs|service|bridge|network|networks\[\d+\]|managers\[\d+\]|workers\[\d+\]|drained\[\d+\]|ends\[\d+\]|use|var)$|^groups\.[\w-]+\[\d+\]$/;
/** Maps whose keys are names of others. */
const KEYS = /^(stages\[\d+\]\.)?(tunnels\.[\w-]+\.ends|weave\.attach|bridges\.[\w-]+\.nodes|nodes\.[\w-]+\.networks)\.[\w-]+$/;
/** Other words under those keys. */
const WORDS = ['bridge', 'none', 'host', 'auto', 'default'];

/** What no shipped lab says: declared variables, groups, named checks, defaults. */
const IN_PARTS = `lab: parts
vars:
  inner: { type: integer, default: 1400 }
  subnet: 192.168.56.0/24
networks: { lan: { subnet: { var: subnet }, mtu: { var: inner } } }
groups:
  left: [alpha, gamma]
  every: [left, omega]
defaults:
  containers: { node: alpha }
nodes:
  alpha:
  gamma: { networks: { lan: auto } }
  omega: { docker: { mtu: { var: inner } } }
containers:
  front:
  store: { node: gamma }
  edge: { node: left }
namedChecks:
  across: { ping: { from: front, to: store } }
  onward: { ping: { from: every, to: alpha } }
checks:
  - use: across
  - ping: { from: left, to: omega }
stages:
  - { name: plain }
  - name: more
    checks: [{ use: onward }]
`;

const textOf = (lab: string): string => (lab === 'parts' ? IN_PARTS : labText(lab));

/** Every use of a name in a lab, with its offset. Free text is looked at by nobody. */
function usesIn(text: string): readonly Use[] {
  const uses: Use[] = [];
  const visit = (node: unknown, path: string): void => {
    if (isMap(node)) {
      // What is to be absent may have any name.
      if (node.get('expect') === 'absent') return;
      for (const pair of node.items) {
        if (!isPair(pair) || !isScalar(pair.key)) continue;
        const at = `${path}${path === '' ? '' : '.'}${String(pair.key.value)}`;
        if (KEYS.test(at)) add(pair.key, at);
        visit(pair.value, at);
      }
    } else if (isSeq(node)) node.items.forEach((item, index) => visit(item, `${path}[${index}]`));
    else if (isScalar(node) && (NAMES.test(path) || /\.links\.[\w-]+$/.test(path))) add(node, path);
  };
  const add = (node: Node, path: string): void => {
    if (isScalar(node) && typeof node.value === 'string' && node.range) uses.push({ name: node.value, offset: node.range[0], path });
  };
  visit(parseDocument(text).contents, '');
  return uses;
}

/** What is defined somewhere in the lab, also by a stage or as a member of a group. */
function namesOf(source: Tree): ReadonlySet<string> {
  const names = new Set<string>();
  for (const tree of [source, ...(Array.isArray(source['stages']) ? (source['stages'] as unknown[]).filter(isTree) : [])]) {
    for (const key of ['nodes', 'groups', 'containers', 'networks', 'bridges', 'dockerNetworks', 'namedChecks', 'vars']) for (const [name, value] of Object.entries(isTree(tree[key]) ? tree[key] : {})) {
      names.add(name);
      const count = isTree(value) ? value['count'] : undefined;
      for (let index = 1; index <= Number(count ?? 0); index++) names.add(`${name}-${index}`);
    }
    const swarm = isTree(tree['swarm']) ? tree['swarm'] : {};
    for (const key of ['networks', 'services']) for (const name of Object.keys(isTree(swarm[key]) ? swarm[key] : {})) names.add(name);
  }
  return names;
}

/** Two letters in the middle change places, or one is left out: what fingers do. */
function mistyped(name: string, names: ReadonlySet<string>): string | undefined {
  const tries = [...Array(Math.max(0, name.length - 1)).keys()].map((index) => `${name.slice(0, index)}${name[index + 1] ?? ''}${name[index] ?? ''}${name.slice(index + 2)}`);
  return [...tries, `${name}x`].find((wrong) => wrong !== name && !names.has(wrong) && !WORDS.includes(wrong) && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(wrong) && nearest(wrong, [name]) === name);
}

/** What is wrong with a lab in which one name was written otherwise; `told`: the same as text. */
function renamed(text: string, offset: number, name: string, other: string, assets: ReturnType<typeof assetsOf>): { readonly problems: readonly Problem[]; readonly told: string } {
  const { problems } = validateLab('lab.yaml', text.slice(0, offset) + other + text.slice(offset + name.length), [], assets);
  return { problems, told: problems.map((each) => `${each.line}: ${each.severity} ${each.code} ${each.message} ${each.hint}`).join('\n') };
}

describe('a name mistyped in a shipped lab', function () {
  this.timeout(120_000);
  for (const lab of [...shippedLabs(root), 'parts']) {
    it(lab, () => {
      const text = textOf(lab);
      const names = namesOf(parseDocument(text).toJS() as Tree);
      const assets = assetsOf(text);
      let tried = 0;
      for (const { name, offset, path } of usesIn(text)) {
        const wrong = names.has(name) ? mistyped(name, names) : undefined;
        if (wrong === undefined || text.slice(offset, offset + name.length) !== name) continue;
        const line = text.slice(0, offset).split('\n').length;
        const { problems, told } = renamed(text, offset, name, wrong, assets);
        assert.equal(problems.length, 1, `${path}: ${name} → ${wrong} at line ${line}\n${told}`);
        assert.equal(problems[0]?.line, line, `${path}: ${told}`);
        assert.ok(problems[0]?.message.includes(`"${wrong}"`) && problems[0].hint.startsWith(`Did you mean "${name}"?`), `${path}: ${told}`);
        tried++;
      }
      assert.ok(tried >= 5, `only ${tried} names were tried`);
    });
  }
});

/** Where a node, group, container, network, check or variable is named first, that only the lab itself makes: a stage that says more of it would make it anew. */
function definitionsIn(text: string): readonly Use[] {
  const contents = parseDocument(text).contents;
  const stages: unknown = isMap(contents) ? contents.get('stages') : undefined;
  return ['nodes', 'groups', 'containers', 'networks', 'namedChecks', 'vars'].flatMap((block) => {
    const map: unknown = isMap(contents) ? contents.get(block) : undefined;
    const again = (name: string): boolean => isSeq(stages) && stages.items.some((stage) => isMap(stage) && stage.hasIn([block, name]));
    return isMap(map) ? map.items.flatMap(({ key }) => (isScalar(key) && typeof key.value === 'string' && key.range && !again(key.value) ? [{ name: key.value, offset: key.range[0], path: `${block}.${key.value}` }] : [])) : [];
  });
}

describe('what a lab names, renamed where it is made, and nowhere else', function () {
  this.timeout(120_000);
  for (const lab of [...shippedLabs(root), 'parts']) {
    it(lab, () => {
      const text = textOf(lab);
      const names = namesOf(parseDocument(text).toJS() as Tree);
      const assets = assetsOf(text);
      for (const { name, offset, path } of definitionsIn(text)) {
        const other = mistyped(name, names);
        if (other === undefined) continue;
        const { problems, told } = renamed(text, offset, name, other, assets);
        // The old name is missing, and with a group those of its members: each is told once, and nothing that follows.
        const missing = problems.map((problem) => (['LG020', 'LG040'].includes(problem.code) ? /"(.*)"/.exec(problem.message)?.[1] : undefined));
        assert.equal(new Set(missing).size, problems.length, `${path} → ${other}\n${told}`);
        for (const each of missing) assert.ok(each === name || each?.replace(/-\d+$/, '') === name, `${path} → ${other}\n${told}`);
        for (const problem of problems) assert.match(problem.hint, /^Did you mean "/, `${path} → ${other}\n${told}`);
      }
    });
  }
});
