/** What differs between two worlds, and who reaches whom because of it: what a stage of a lab changed. */
import type { Family } from '../model/family.js';
import type { Space, World } from '../model/world.js';
import { matrixOf, type Pair } from './matrix.js';

export interface WorldDifference {
  readonly spaces: readonly { readonly space: string; readonly gone: readonly string[]; readonly come: readonly string[] }[];
  /** Pairs whose answer is another one: an end may be missing. */
  readonly pairs: readonly { readonly before: Pair | undefined; readonly after: Pair | undefined }[];
}

export function differenceOf(before: World, after: World, families: readonly Family[]): WorldDifference {
  const names = [...new Set([...before.spaces, ...after.spaces].map((space) => space.name))];
  const find = (world: World, name: string): Space | undefined => world.spaces.find((space) => space.name === name);
  const spaces = names.flatMap((space) => {
    const [old, now] = [factsOf(find(before, space)), factsOf(find(after, space))];
    const [gone, come] = [old.filter((each) => !now.includes(each)), now.filter((each) => !old.includes(each))];
    return gone.length + come.length === 0 ? [] : [{ space, gone, come }];
  });
  return { spaces, pairs: changedPairs(matrixOf(before, families).pairs, matrixOf(after, families).pairs) };
}

/** Everything of a namespace in lines that can be compared. */
function factsOf(space: Space | undefined): readonly string[] {
  if (!space) return [];
  const filters = Object.entries(space.filtersBridges).filter(([, on]) => on).map(([family]) => `what crosses a bridge passes the IPv${family} packet filter`);
  return [
    ...space.interfaces.flatMap((each) => [`interface ${each.name}, MTU ${each.mtu}${each.master === undefined ? '' : `, a port of ${each.master}${each.vlan === undefined ? '' : ` in VLAN ${each.vlan}`}`}`, ...each.addresses.map((address) => `address ${address} on ${each.name}`)]),
    ...space.routes.map((route) => `route ${route.to}${route.via === undefined ? '' : ` via ${route.via}`}${route.dev === undefined ? '' : ` dev ${route.dev}`}`),
    ...space.chains.flatMap((chain) => [...(chain.policy === undefined ? [] : [`${tool(chain.family)} -t ${chain.table} -P ${chain.name} ${chain.policy}`]), ...chain.rules.map((rule) => `${tool(chain.family)} -t ${chain.table} -A ${chain.name} ${rule.text}`)]),
    ...Object.entries(space.forwards).filter(([, on]) => on).map(([family]) => `it forwards IPv${family}`),
    ...filters,
    ...(space.reversePathFilter === 0 ? [] : [`reverse path filter ${space.reversePathFilter === 1 ? 'strict' : 'loose'}`]),
    ...space.listeners.map((each) => `${each.what} listens on ${each.protocol} ${each.address === undefined ? '' : `${each.address}:`}${each.port}`),
  ];
}

function tool(family: Family): string {
  return family === 6 ? 'ip6tables' : 'iptables';
}

function changedPairs(before: readonly Pair[], after: readonly Pair[]): WorldDifference['pairs'] {
  const old = new Map(before.map((pair) => [keyOf(pair), pair]));
  const now = new Map(after.map((pair) => [keyOf(pair), pair]));
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key) => {
    const [one, other] = [old.get(key), now.get(key)];
    const same = one && other && one.answer.verdict === other.answer.verdict && one.answer.seenAs === other.answer.seenAs && one.answer.maxBytes === other.answer.maxBytes && one.answer.answeredBy === other.answer.answeredBy;
    return same === true ? [] : [{ before: one, after: other }];
  });
}

function keyOf({ question }: Pair): string {
  return `${question.from} ${question.to} ${question.family} ${question.protocol} ${question.port ?? ''}`;
}
