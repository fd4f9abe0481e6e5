/** What was last found out about one stage of a running lab, kept in the folder so that a report can show it later. */
import { addressPart, canonical, type Family } from './family.js';
import { numberOf, parseJson, textOf, treesOf } from './foreign.js';
import { isTree, type Tree } from './merge.js';
import type { Verdict } from './verdict.js';

export interface Results {
  /** Of the lab and of the labgen that measured: what was found about another lab says nothing about this one. */
  readonly digest: string;
  readonly checks?: { readonly when: string; readonly verdicts: readonly FoundVerdict[] };
  readonly matrix?: { readonly when: string; readonly pairs: readonly FoundAnswer[]; readonly seen: readonly SeenInterface[]; readonly filters: readonly SeenFilter[] };
}

export type FoundVerdict = Pick<Verdict, 'state' | 'node' | 'command' | 'seen' | 'seconds'> & { readonly id: string };

export interface FoundAnswer {
  readonly from: string;
  readonly to: string;
  /** `ping`, `tcp 80`. */
  readonly by: string;
  readonly family: Family;
  /** Left out: it could not be measured, and `why` says why. */
  readonly measured?: { readonly verdict: 'reached' | 'stopped'; readonly seenAs?: string; readonly maxBytes?: number };
  /** What differs from the prediction; left out where they agree. */
  readonly why?: string;
}

/** Addresses, with their prefix lengths, that an interface had. */
export interface SeenInterface {
  readonly space: string;
  readonly interface: string;
  readonly addresses: readonly string[];
}

/** Families of what crosses the bridges of a node and is filtered there. */
export interface SeenFilter {
  readonly node: string;
  readonly families: readonly Family[];
}

const VERSION = 1;

export function resultsText(results: Results): string {
  return `${JSON.stringify({ version: VERSION, ...results })}\n`;
}

/** Undefined where the text is not what labgen writes. Whoever gave the folder away may have written it. */
export function parseResults(text: string): Results | undefined {
  const value = parseJson(text);
  if (!isTree(value) || value['version'] !== VERSION) return undefined;
  const digest = textOf(value['digest']);
  if (digest === undefined) return undefined;
  const [checks, matrix] = [checksOf(value['checks']), matrixOf(value['matrix'])];
  return { digest, ...(checks && { checks }), ...(matrix && { matrix }) };
}

function checksOf(value: unknown): Results['checks'] {
  const when = timeOf(value);
  const list = isTree(value) ? treesOf(value['verdicts']) : undefined;
  if (when === undefined || !list) return undefined;
  const verdicts = list.map((each): FoundVerdict | undefined => {
    const [id, state, node, command, seen, seconds] = [textOf(each['id']), each['state'], textOf(each['node']), textOf(each['command']), textOf(each['seen']), numberOf(each['seconds'])];
    if (id === undefined || node === undefined || command === undefined || seen === undefined || seconds === undefined) return undefined;
    return state === 'passed' || state === 'failed' || state === 'not-run' ? { id, state, node, command, seen, seconds } : undefined;
  });
  return verdicts.every((each) => each !== undefined) ? { when, verdicts } : undefined;
}

function matrixOf(value: unknown): Results['matrix'] {
  const when = timeOf(value);
  const [list, interfaces, nodes] = isTree(value) ? [treesOf(value['pairs']), treesOf(value['seen']), treesOf(value['filters'])] : [];
  if (when === undefined || !list || !interfaces || !nodes) return undefined;
  const pairs = list.map(answerOf);
  const seen = interfaces.map((each): SeenInterface | undefined => {
    const [space, name, addresses] = [textOf(each['space']), textOf(each['interface']), each['addresses']];
    if (space === undefined || name === undefined || !Array.isArray(addresses)) return undefined;
    // The predictor takes them at their word.
    return addresses.every((address): address is string => typeof address === 'string' && /^[^/]+\/\d{1,3}$/.test(address) && canonical(addressPart(address)) !== undefined) ? { space, interface: name, addresses } : undefined;
  });
  const filters = nodes.map((each): SeenFilter | undefined => {
    const [node, families] = [textOf(each['node']), each['families']];
    return node !== undefined && Array.isArray(families) && families.every((family): family is Family => family === 4 || family === 6) ? { node, families } : undefined;
  });
  return pairs.every((each) => each !== undefined) && seen.every((each) => each !== undefined) && filters.every((each) => each !== undefined) ? { when, pairs, seen, filters } : undefined;
}

function answerOf(value: Tree): FoundAnswer | undefined {
  const [from, to, by, family, why] = [textOf(value['from']), textOf(value['to']), textOf(value['by']), value['family'], textOf(value['why'])];
  if (from === undefined || to === undefined || by === undefined || (family !== 4 && family !== 6)) return undefined;
  const common: Omit<FoundAnswer, 'measured'> = { from, to, by, family: family, ...(why !== undefined && { why }) };
  const { measured } = value;
  if (measured === undefined) return why === undefined ? undefined : common;
  if (!isTree(measured)) return undefined;
  const [verdict, seenAs, maxBytes] = [measured['verdict'], textOf(measured['seenAs']), numberOf(measured['maxBytes'])];
  if (verdict !== 'reached' && verdict !== 'stopped') return undefined;
  return { ...common, measured: { verdict, ...(seenAs !== undefined && { seenAs }), ...(maxBytes !== undefined && { maxBytes }) } };
}

function timeOf(value: unknown): string | undefined {
  const when = isTree(value) ? textOf(value['when']) : undefined;
  return when !== undefined && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(when) ? when : undefined;
}
