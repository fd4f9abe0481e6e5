/** The checks of a lab: those it writes, those a stage adds, those that come free with features; groups expanded. */
import type { Check, CheckKind, CheckRequest, Expectation, Subject } from '../model/check.js';
import type { Container, Node } from '../model/lab.js';
import { isNegative } from '../model/expectation.js';
import { canonical, familyOf, type Family } from '../model/family.js';
import { isTree, type Tree } from '../model/merge.js';
import type { Path } from '../model/problem.js';
import { seconds } from '../schema/patterns.js';
import type { RuleContext } from './feature.js';

/** Seconds a positive check is polled when the lab says nothing: a service that was just started needs a moment. */
const DEFAULT_WITHIN = 15;

/** Names a check may use: nodes, containers and groups of either. */
export interface Names {
  readonly nodes: readonly Node[];
  readonly containers: readonly Container[];
}

export function checkSources(source: Tree): readonly Tree[] {
  return (Array.isArray(source['checks']) ? (source['checks'] as unknown[]) : []).filter(isTree);
}

/** The kind a written check is of: the one key that names a kind. */
function kindOf(source: Tree, kinds: readonly CheckKind[]): CheckKind | undefined {
  const found = kinds.filter((kind) => source[kind.name] !== undefined);
  return found.length === 1 ? found[0] : undefined;
}

/** `/pattern/flags` is a pattern, `unreachable` itself, anything else a value. */
export function parseExpectation(value: unknown): Expectation {
  if (value === undefined || value === null) return { is: 'works' };
  if (value === 'unreachable') return { is: 'unreachable' };
  const pattern = typeof value === 'string' ? /^\/(.*)\/([imsu]*)$/s.exec(value) : null;
  if (pattern) return { is: 'pattern', pattern: pattern[1] ?? '', flags: pattern[2] ?? '' };
  return { is: 'value', value: value as string | number | boolean };
}

function expectationText(expect: Expectation): string {
  return expect.is === 'works' ? '' : expect.is === 'unreachable' ? ' unreachable' : expect.is === 'pattern' ? ` /${expect.pattern}/${expect.flags}` : ` = ${String(expect.value)}`;
}

/** A check with its defaults filled in. */
export function finishCheck(request: CheckRequest, from: string, kind: CheckKind): Check {
  const expect = request.expect ?? { is: 'works' };
  return {
    id: `${kind.describe(request.subject)}${expectationText(expect)}`,
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
  const members = new Map<string, string[]>();
  const add = (group: string, name: string): void => void members.set(group, [...(members.get(group) ?? []), name]);
  for (const node of names.nodes) if (node.group !== node.name) add(node.group, node.name);
  for (const container of names.containers) if (container.group !== container.name) add(container.group, container.name);
  return checkSources(source).flatMap((written, index) => {
    const kind = kindOf(written, kinds);
    if (!kind) return [];
    const value = written[kind.name];
    const subject: Record<string, Subject[string]> = {};
    for (const [key, each] of Object.entries(isTree(value) ? value : {})) subject[key] = Array.isArray(each) ? each.map(String) : (each as Subject[string]);
    return expand(subject, kind, members).map((each) =>
      finishCheck({ kind: kind.name, subject: each, expect: parseExpectation(written['expect']), within: written['within'] === undefined ? undefined : seconds(written['within']), why: String(written['why'] ?? '') }, fromOf(index), kind),
    );
  });
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

/** Rules about written checks: one kind each, names that exist, an expectation the kind has. */
export function checkRules(context: RuleContext, kinds: readonly CheckKind[], names: Names): void {
  checkSources(context.source).forEach((written, index) => {
    const path: Path = ['checks', index];
    if (!context.isSound(path)) return;
    const found = kinds.filter((kind) => written[kind.name] !== undefined);
    const [kind] = found;
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

function namesExist(context: RuleContext, kind: CheckKind, value: Tree, path: Path, names: Names): void {
  const nodes = [...new Set(names.nodes.flatMap((node) => [node.name, node.group]))];
  const containers = [...new Set(names.containers.flatMap((container) => [container.name, container.group]))];
  for (const [key, reference] of Object.entries(kind.references)) {
    const name = value[key];
    if (typeof name !== 'string') continue;
    const legal = reference === 'node' ? nodes : reference === 'container' ? containers : [...nodes, ...containers];
    if (legal.includes(name)) continue;
    if ((reference === 'address' || (reference === 'endpoint' && key !== 'from')) && canonical(name) !== undefined) continue;
    const what = reference === 'node' ? 'node' : reference === 'container' ? 'container' : 'node or container';
    // A container that was itself reported, say for its node, is not missing.
    const written = Object.keys(isTree(context.source['containers']) ? context.source['containers'] : {});
    if (reference !== 'node' && written.includes(name)) continue;
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
    const nodes = names.nodes.filter((node) => node.name === name || node.group === name);
    if (address !== undefined && familyOf(address) !== family) context.error('LG172', at, `${name} is an address of IPv${familyOf(address)}, and the check asks for IPv${family}`, 'Leave "family" out: an address has its own.');
    else if (nodes.length > 0 && !nodes.some((node) => has(node, family)) && context.isSound(['networks']) && context.isSound(['nodes'])) context.error('LG090', at, `"${name}" has no IPv6 address`, 'Give its network a "subnet6", or ask for its IPv4 address.');
  }
}

function has(node: Node, family: Family): boolean {
  return family === 4 || node.attachments.some((each) => each.address6 !== undefined);
}

/** An `expect` that a kind of check has; `written` is what holds it, at `path`. */
export function expectationFits(context: RuleContext, kind: CheckKind, written: Tree, path: Path): void {
  const { expects } = kind;
  const expect = parseExpectation(written['expect']);
  const at = [...path, 'expect'];
  const legal = [expects.unreachable ? 'unreachable' : '', ...(expects.words ?? []), ...expects.values.map((type) => `a ${type}`), expects.patterns ? 'a pattern /…/' : ''].filter(Boolean).join(', ');
  const hint = legal === '' ? 'It has none: leave "expect" out.' : `It may be: ${legal}.`;
  if (expect.is === 'works') {
    if (expects.required === true) context.error('LG011', at, `"${kind.name}" needs "expect"`, hint);
    return;
  }
  if (expect.is === 'pattern') {
    try {
      new RegExp(expect.pattern, expect.flags);
    } catch (error) {
      context.error('LG091', at, `the pattern cannot be read: ${(error as Error).message}`, 'It is a JavaScript regular expression between slashes.');
      return;
    }
    if (!expects.patterns) context.error('LG091', at, `"${kind.name}" does not expect a pattern`, hint);
    return;
  }
  const fits = expect.is === 'unreachable' ? expects.unreachable : (expects.words ?? []).includes(String(expect.value)) || expects.values.includes(typeof expect.value as 'string');
  if (!fits) context.error('LG091', at, `"${kind.name}" does not expect ${JSON.stringify(expect.is === 'unreachable' ? 'unreachable' : expect.value)}`, hint);
}
