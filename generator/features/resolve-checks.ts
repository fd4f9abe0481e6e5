/** The checks of a lab: those it writes, those a stage adds, those that come free with features; groups expanded. */
import type { Check, CheckKind, CheckRequest, Subject } from '../model/check.js';
import type { Container, Lab, Node } from '../model/lab.js';
import { expectationSuffix, isNegative } from '../model/expectation.js';
import { canonical, familyOf, type Family } from '../model/family.js';
import { addTo } from '../model/lists-by-key.js';
import { isTree, listOf, type Tree } from '../model/merge.js';
import type { Path } from '../model/problem.js';
import { seconds } from '../schema/patterns.js';
import { expectationFits, parseExpectation } from './expectations.js';
import type { RuleContext } from './feature.js';

/** Seconds a positive check is polled when the lab says nothing: a service that was just started needs a moment. */
const DEFAULT_WITHIN = 15;

/** Names a check may use: nodes, containers and groups of either. */
export interface Names {
  readonly nodes: readonly Node[];
  readonly groups: ReadonlyMap<string, readonly Node[]>;
  readonly containers: readonly Container[];
}

export function checkSources(source: Tree): readonly Tree[] {
  return listOf(source['checks']).filter(isTree);
}

/** The kind a written check is of: the one key that names a kind. */
function kindOf(source: Tree, kinds: readonly CheckKind[]): CheckKind | undefined {
  const found = kinds.filter((kind) => source[kind.name] !== undefined);
  return found.length === 1 ? found[0] : undefined;
}

/** A check with its defaults filled in. */
export function finishCheck(request: CheckRequest, from: string, kind: CheckKind): Check {
  const expect = request.expect ?? { is: 'works' };
  return {
    id: `${kind.describe(request.subject)}${expectationSuffix(expect)}`,
    kind: request.kind,
    subject: request.subject,
    expect,
    within: request.within ?? (isNegative(request.kind, expect) ? 0 : DEFAULT_WITHIN),
    why: request.why,
    from,
  };
}

/** Written checks as values. `fromOf` names who wrote the check at an index: the lab or a stage. */
export function resolveChecks(source: Tree, kinds: readonly CheckKind[], names: Names, fromOf: (index: number) => string): Check[] {
  const members = membersOf(names);
  return checkSources(source).flatMap((written, index) => {
    const kind = kindOf(written, kinds);
    if (!kind) return [];
    return expand(subjectOf(written[kind.name]), kind, members).map((each): Check => ({
      ...finishCheck({ kind: kind.name, subject: each, expect: parseExpectation(written['expect']), within: written['within'] === undefined ? undefined : seconds(written['within']), why: String(written['why'] ?? '') }, fromOf(index), kind),
      index,
    }));
  });
}

/** Members of each group of nodes or containers. */
function membersOf(names: Names): ReadonlyMap<string, readonly string[]> {
  const members = new Map<string, string[]>();
  for (const node of names.nodes) if (node.group !== node.name) addTo(members, node.group, node.name);
  for (const [group, nodes] of names.groups) for (const node of nodes) addTo(members, group, node.name);
  for (const container of names.containers) if (container.group !== container.name) addTo(members, container.group, container.name);
  return members;
}

function subjectOf(value: unknown): Subject {
  const subject: Record<string, Subject[string]> = {};
  for (const [key, each] of Object.entries(isTree(value) ? value : {})) subject[key] = Array.isArray(each) ? each.map(String) : (each as Subject[string]);
  return subject;
}

/** One subject for each member of a group it names; `from` and `to` never the same member. */
function expand(subject: Subject, kind: CheckKind, members: ReadonlyMap<string, readonly string[]>): Subject[] {
  let subjects: Subject[] = [subject];
  for (const key of Object.keys(kind.references)) {
    const group = members.get(String(subject[key]));
    if (group) subjects = subjects.flatMap((each) => group.map((name) => ({ ...each, [key]: name })));
  }
  const bothGroups = members.has(String(subject['from'])) && members.has(String(subject['to']));
  // `seenAs` of a group means the sender itself.
  return subjects
    .filter((each) => !bothGroups || each['from'] !== each['to'])
    .filter((each) => !members.has(String(subject['seenAs'])) || subject['seenAs'] !== subject['from'] || each['seenAs'] === each['from']);
}

/** What is said of checks that a sound lab can never hold, or never fail. A group's first members stand for all. */
export function doubtChecks(context: RuleContext, kinds: readonly CheckKind[], names: Names, lab: Lab): void {
  const doubtful = kinds.filter((kind) => kind.doubt !== undefined);
  const members = membersOf(names);
  checkSources(context.source).forEach((written, index) => {
    const kind = kindOf(written, doubtful);
    const [subject] = kind ? expand(subjectOf(written[kind.name]), kind, members) : [];
    const doubt = kind && subject && kind.doubt?.(subject, parseExpectation(written['expect']), lab);
    if (doubt) context[doubt.severity](doubt.code, ['checks', index, kind.name, doubt.key], doubt.message, doubt.hint);
  });
}

/** Rules about written checks: one kind each, names that exist, an expectation the kind has. */
export function checkRules(context: RuleContext, kinds: readonly CheckKind[], names: Names): void {
  checkSources(context.source).forEach((written, index) => {
    const path: Path = ['checks', index];
    if (!context.isSound(path)) return;
    const found = kinds.filter((kind) => written[kind.name] !== undefined);
    const [kind] = found;
    if (written['use'] !== undefined) {
      notUsable(context, String(written['use']), [...path, 'use']);
      return;
    }
    if (!kind || found.length > 1) {
      context.error('LG016', path, found.length === 0 ? 'a check needs one kind' : `one check is of one kind; this one is ${found.map((each) => each.name).join(' and ')}`, `Kinds are: ${kinds.map((each) => each.name).join(', ')}.`);
      return;
    }
    const value = isTree(written[kind.name]) ? (written[kind.name] as Tree) : {};
    namesExist(context, kind, value, [...path, kind.name], names);
    familyFits(context, kind, value, [...path, kind.name], names);
    expectationFits(context, kind, written, path);
  });
}

/** What is there to be used is in its place already. */
function notUsable(context: RuleContext, name: string, path: Path): void {
  const named = Object.keys(isTree(context.source['namedChecks']) ? context.source['namedChecks'] : {});
  if (!named.includes(name)) context.error('LG040', path, `there is no named check "${name}"`, context.nearest(name, named, 'named check'));
  else context.error('LG016', path, `"${name}" is used by a named check`, 'A named check asks itself: write one kind of check in it instead of "use".');
}

function namesExist(context: RuleContext, kind: CheckKind, value: Tree, path: Path, names: Names): void {
  const nodes = [...new Set([...names.nodes.flatMap((node) => [node.name, node.group]), ...names.groups.keys()])];
  const containers = [...new Set(names.containers.flatMap((container) => [container.name, container.group]))];
  for (const [key, reference] of Object.entries(kind.references)) {
    const name = value[key];
    if (typeof name !== 'string') continue;
    const legal = reference === 'node' ? nodes : reference === 'container' ? containers : [...nodes, ...containers];
    if (legal.includes(name)) continue;
    if ((reference === 'address' || (reference === 'endpoint' && key !== 'from')) && canonical(name.replace(/\/[0-9]+$/, '')) !== undefined) continue;
    const what = reference === 'node' ? 'node' : reference === 'container' ? 'container' : 'node or container';
    // A container that was itself reported, say for its node, is not missing, nor are those it would make.
    const written = Object.keys(isTree(context.source['containers']) ? context.source['containers'] : {});
    if (reference !== 'node' && written.some((each) => name === each || (!context.isSound(['containers', each]) && name.startsWith(`${each}-`)))) continue;
    context.error('LG040', [...path, key], `there is no ${what} "${name}"`, context.nearest(name, legal, what));
  }
}

/** A family the check asks for is that of its addresses, and its nodes have it. */
function familyFits(context: RuleContext, kind: CheckKind, value: Tree, path: Path, names: Names): void {
  const family = value['family'];
  if (family !== 4 && family !== 6) return;
  for (const key of Object.keys(kind.references).filter((each) => each === 'to' || each === 'via' || each === 'source' || each === 'seenAs')) {
    const name = String(value[key] ?? '');
    const [address, at] = [canonical(name), [...path, key]];
    const nodes = names.groups.get(name) ?? names.nodes.filter((node) => node.name === name || node.group === name);
    if (address !== undefined && familyOf(address) !== family) context.error('LG172', at, `${name} is an address of IPv${familyOf(address)}, and the check asks for IPv${family}`, 'Leave "family" out: an address has its own.');
    else if (nodes.length > 0 && !nodes.some((node) => has(node, family)) && context.isSound(['networks']) && context.isSound(['nodes'])) context.error('LG090', at, `"${name}" has no IPv6 address`, 'Give its network a "subnet6", or ask for its IPv4 address.');
  }
}

function has(node: Node, family: Family): boolean {
  return family === 4 || node.attachments.some((each) => each.address6 !== undefined);
}
