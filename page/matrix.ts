/** Who reaches whom: a grid that arrow keys walk through; rows ask, columns are asked. */
import type { PagePair, PageStage } from '../generator/report/page/data.js';
import { button, h, setContent, sign, unseen } from './dom.js';
import { familiesOf, type Change, type View } from './view.js';
import { countsOf, pairText, standingOf, type Standing } from './words.js';

export interface Matrix {
  readonly element: HTMLElement;
  update(view: View): void;
}

const MARKS: Readonly<Record<Standing, string>> = { agree: '●', differ: '≠', unknown: '?', predicted: '○' };
/** Beyond, cells hold signs only. */
const ROOMY = 9;

export function matrix(change: (change: Change) => void): Matrix {
  const body = h('div', { class: 'scroll' });
  const families = h('div', { class: 'choice', role: 'group', 'aria-label': 'Address family' });
  const legend = h('ul', { class: 'legend' });
  const element = h('section', { class: 'card matrix', 'aria-labelledby': 'matrix-title' }, h('div', { class: 'head' }, h('h3', { id: 'matrix-title' }, 'Who reaches whom'), families), body, legend);
  let shown: { readonly stage: PageStage; readonly family: 4 | 6 } | undefined;
  let grid: HTMLTableElement | undefined;

  return {
    element,
    update({ stage, selection }) {
      if (shown?.stage !== stage || shown.family !== selection.family) {
        const held = grid?.contains(document.activeElement) === true;
        shown = { stage, family: selection.family };
        const all = familiesOf(stage);
        setContent(families, ...(all.length < 2 ? [] : all.map((family) => button(`IPv${family}`, () => change({ family }), { 'aria-pressed': String(family === selection.family) }))));
        grid = stage.pairs.length === 0 ? undefined : gridOf(stage, selection.family, change);
        setContent(body, grid ?? h('p', { class: 'quiet' }, stage.endpoints.length > 1 ? 'Too many for a grid: "labgen predict" tells it.' : 'There is only one who could ask.'));
        setContent(legend, ...(grid ? legendOf(stage) : []));
        if (held) grid?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
      }
      for (const cell of grid?.querySelectorAll<HTMLElement>('td[data-from]') ?? []) {
        const selected = cell.dataset['from'] === selection.from && cell.dataset['to'] === selection.to;
        cell.setAttribute('aria-selected', String(selected));
      }
      for (const head of grid?.querySelectorAll<HTMLTableCellElement>('th[data-name]') ?? []) {
        head.classList.toggle('on', head.dataset['name'] === (head.scope === 'row' ? selection.from : selection.to));
      }
    },
  };
}

function gridOf(stage: PageStage, family: 4 | 6, change: (change: Change) => void): HTMLTableElement {
  const pairs = new Map<string, PagePair[]>();
  for (const pair of stage.pairs) if (pair.family === family) pairs.set(`${pair.from} ${pair.to}`, [...(pairs.get(`${pair.from} ${pair.to}`) ?? []), pair]);
  const numbers = stage.endpoints.map((_, index) => index);
  const asking = numbers.filter((from) => numbers.some((to) => pairs.has(`${from} ${to}`)));
  const asked = numbers.filter((to) => numbers.some((from) => pairs.has(`${from} ${to}`)));
  const roomy = asked.length <= ROOMY;
  const name = (index: number): string => stage.endpoints[index]?.name ?? '';
  const header = (index: number, scope: 'row' | 'col'): HTMLElement => {
    const endpoint = stage.endpoints[index];
    const on = endpoint && endpoint.kind === 'container' && endpoint.node !== endpoint.name ? h('small', {}, `on ${endpoint.node}`) : undefined;
    const pick = (): void => change(scope === 'row' ? { from: name(index), to: undefined, by: undefined } : { to: undefined, by: undefined, from: name(index) });
    return h('th', { scope, role: scope === 'row' ? 'rowheader' : 'columnheader', tabindex: -1, 'data-name': name(index), class: endpoint?.kind, onclick: pick }, h('span', {}, name(index)), on);
  };
  const table = h('table', { role: 'grid', 'aria-labelledby': 'matrix-title', class: roomy ? 'roomy' : 'dense' },
    h('thead', {}, h('tr', { role: 'row' }, h('th', { role: 'columnheader', class: 'corner', tabindex: -1 }, 'from ↓ to →'), ...asked.map((to) => header(to, 'col')))),
    h('tbody', {}, ...asking.map((from) => h('tr', { role: 'row' }, header(from, 'row'), ...asked.map((to) => cellOf(name(from), name(to), pairs.get(`${from} ${to}`), roomy, change))))));
  walk(table);
  return table;
}

function cellOf(from: string, to: string, pairs: readonly PagePair[] | undefined, roomy: boolean, change: (change: Change) => void): HTMLElement {
  if (!pairs) return h('td', { role: 'gridcell', class: 'self', tabindex: -1 }, unseen(from === to ? `${from} itself` : `${from} to ${to}: nothing is asked`), sign('·'));
  const standings = pairs.map(standingOf);
  const standing = (['differ', 'unknown', 'predicted', 'agree'] as const).find((each) => standings.includes(each)) ?? 'predicted';
  const reached = pairs.filter((pair) => pair.predicted.reached).length;
  const kind = reached === pairs.length ? 'open' : reached === 0 ? 'closed' : 'mixed';
  const select = (): void => change({ from, to, by: pairs.find((pair) => standingOf(pair) === 'differ')?.by, way: 'there' });
  return h('td', {
    role: 'gridcell', tabindex: -1, class: `${kind} ${standing}`, 'data-from': from, 'data-to': to, onclick: select, 'aria-selected': 'false',
  }, unseen(`${from} to ${to}: ${pairs.map(pairText).join('; ')}`), h('span', { class: 'answers', 'aria-hidden': 'true' }, ...(roomy ? pairs.map(shortly) : [h('span', {}, kind === 'open' ? '✓' : kind === 'closed' ? '✗' : '◐')])), sign(MARKS[standing], 'standing'));
}

/** `✓ 1476`, `:80 ✗`. */
function shortly(pair: PagePair): HTMLElement {
  const { reached, maxBytes } = pair.predicted;
  const port = pair.by.replace(/^tcp (\d+)$/, ':$1').replace(/^udp (\d+)$/, ':$1/udp');
  const words = pair.by === 'ping' ? (reached ? String(maxBytes ?? '') : 'ping') : port;
  return h('span', { class: reached ? 'yes' : 'no' }, h('b', {}, reached ? '✓' : '✗'), ` ${words}`);
}

/** One stop of the Tab key; arrows, Home, End and their Ctrl forms move inside; Enter and the space bar select. */
function walk(table: HTMLTableElement): void {
  const rows = (): HTMLElement[][] => [...table.rows].map((row) => [...row.cells]);
  const first = table.querySelector<HTMLElement>('td:not(.self)');
  if (first) first.tabIndex = 0;
  const go = (cell: HTMLElement | undefined): void => {
    if (!cell) return;
    for (const each of table.querySelectorAll<HTMLElement>('[tabindex="0"]')) each.tabIndex = -1;
    cell.tabIndex = 0;
    cell.focus();
  };
  table.addEventListener('focusin', (event) => {
    const cell = (event.target as Element).closest<HTMLElement>('td, th');
    if (cell && cell.tabIndex !== 0) {
      for (const each of table.querySelectorAll<HTMLElement>('[tabindex="0"]')) each.tabIndex = -1;
      cell.tabIndex = 0;
    }
  });
  table.addEventListener('keydown', (event) => {
    const cell = (event.target as Element).closest<HTMLTableCellElement>('td, th');
    if (!cell || event.altKey || event.metaKey) return;
    const all = rows();
    const row = (cell.parentElement as HTMLTableRowElement).rowIndex;
    const column = cell.cellIndex;
    const last = all.length - 1;
    const end = (all[row]?.length ?? 1) - 1;
    const to: Readonly<Record<string, readonly [number, number]>> = {
      ArrowUp: [Math.max(0, row - 1), column], ArrowDown: [Math.min(last, row + 1), column],
      ArrowLeft: [row, Math.max(0, column - 1)], ArrowRight: [row, Math.min(end, column + 1)],
      Home: [event.ctrlKey ? 0 : row, 0], End: [event.ctrlKey ? last : row, end],
    };
    const target = to[event.key];
    if (target) {
      event.preventDefault();
      go(all[target[0]]?.[target[1]]);
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      cell.click();
    }
  });
}

function legendOf(stage: PageStage): readonly HTMLElement[] {
  const { agree, differ, unknown, predicted } = countsOf(stage);
  const entry = (mark: string, text: string, name = ''): HTMLElement => h('li', {}, sign(mark, name), ` ${text}`);
  return [
    entry('✓', 'arrives; the number is the largest packet in bytes', 'yes'),
    entry('✗', 'is stopped', 'no'),
    ...(agree > 0 ? [entry('●', 'measured, as predicted')] : []),
    ...(differ > 0 ? [entry('≠', 'measured otherwise', 'loud')] : []),
    ...(unknown > 0 ? [entry('?', 'could not be measured')] : []),
    ...(predicted > 0 ? [entry('○', 'predicted only')] : []),
  ];
}
