/** What is looked at: one stage, perhaps a pair in it. It lives in the address after `#`, so that a link leads to the same view. */
import type { PagePair, PagePath, PageStage, ReportData } from '../generator/report/page/data.js';

export interface Selection {
  readonly stage: number;
  readonly family: 4 | 6;
  readonly from?: string;
  readonly to?: string;
  /** `ping`, `tcp 80`. */
  readonly by?: string;
  /** Which way is on the picture. */
  readonly way: 'there' | 'back';
}

export interface View {
  readonly data: ReportData;
  readonly stage: PageStage;
  readonly selection: Selection;
  /** The selected question with its way. */
  readonly pair?: PagePair;
  readonly path?: PagePath;
}

export type Change = Partial<Selection>;

export function viewOf(data: ReportData, selection: Selection): View {
  const stage = data.stages[selection.stage] ?? data.stages[0];
  if (!stage) throw new Error('a report without a stage');
  const pair = pairsBetween(stage, selection).find((each) => selection.by === undefined || each.by === selection.by);
  const path = pair?.path === undefined ? undefined : stage.paths[pair.path];
  return { data, stage, selection, ...(pair && { pair }), ...(path && { path }) };
}

/** All that one asks the other, of the family that is looked at where there is one. */
export function pairsBetween(stage: PageStage, { from, to, family }: Pick<Selection, 'from' | 'to' | 'family'>): readonly PagePair[] {
  if (from === undefined || to === undefined) return [];
  return stage.pairs.filter((pair) => pair.family === family && stage.endpoints[pair.from]?.name === from && stage.endpoints[pair.to]?.name === to);
}

export function familiesOf(stage: PageStage): readonly (4 | 6)[] {
  return ([4, 6] as const).filter((family) => stage.pairs.some((pair) => pair.family === family));
}

/** The current stage, nothing selected. */
export function start(data: ReportData): Selection {
  const current = data.stages.findIndex((stage) => stage.current);
  return { stage: Math.max(0, current), family: 4, way: 'there' };
}

/** What the address says, as far as the report has it. */
export function fromAddress(data: ReportData, hash: string): Selection {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  const named = data.stages.findIndex((stage) => stage.name !== '' && stage.name === words.get('stage'));
  const usual = start(data);
  const index = named === -1 ? usual.stage : named;
  const names = new Set(data.stages[index]?.endpoints.map((each) => each.name));
  const name = (key: string): string | undefined => {
    const value = words.get(key);
    return value !== null && names.has(value) ? value : undefined;
  };
  const [from, to, by] = [name('from'), name('to'), words.get('by')];
  return {
    stage: index,
    family: words.get('family') === '6' ? 6 : 4,
    way: words.get('way') === 'back' ? 'back' : 'there',
    ...(from !== undefined && { from }),
    ...(from !== undefined && to !== undefined && { to }),
    ...(by !== null && { by }),
  };
}

export function toAddress({ data, stage, selection, pair }: View): string {
  const words = new URLSearchParams();
  if (stage.name !== '' && (!stage.current || selection.from !== undefined)) words.set('stage', stage.name);
  if (selection.from !== undefined) words.set('from', selection.from);
  if (selection.to !== undefined) words.set('to', selection.to);
  if (pair) words.set('by', pair.by);
  if (data.stages.some((each) => familiesOf(each).length > 1) && selection.from !== undefined) words.set('family', String(selection.family));
  if (pair && selection.way === 'back') words.set('way', 'back');
  const text = words.toString();
  return text === '' ? '' : `#${text}`;
}
