/** The way of the selected pair, hop by hop; or all that one asks, where only one is selected. */
import type { PageHop, PagePair } from '../generator/report/page/data.js';
import { button, h, setContent, sign, type Child } from './dom.js';
import { pairsBetween, type Change, type View } from './view.js';
import { answerText, standingOf } from './words.js';

export interface Way {
  readonly element: HTMLElement;
  update(view: View): void;
}

export function way(change: (change: Change) => void, show: (file: number, line: number) => void): Way {
  const title = h('h3', { id: 'way-title', tabindex: -1 });
  const close = button('Close', () => change({ from: undefined, to: undefined, by: undefined }), { class: 'close', title: 'Close (Esc)' });
  const body = h('div', { class: 'body' });
  const element = h('section', { class: 'card way', 'aria-labelledby': 'way-title', 'aria-live': 'polite' }, h('div', { class: 'head' }, title, close), body);
  return {
    element,
    update(view) {
      const { selection } = view;
      close.hidden = selection.from === undefined;
      element.classList.toggle('idle', selection.from === undefined);
      if (selection.from === undefined) {
        setContent(title, 'A way through the lab');
        setContent(body, h('p', { class: 'quiet' }, 'Choose a pair in the grid, or click two ends in the picture: the way is shown here hop by hop, with the rules and routes that decide.'));
      } else if (selection.to === undefined) {
        setContent(title, `What ${selection.from} reaches`);
        setContent(body, asksOf(view, change));
      } else {
        setContent(title, `${selection.from} → ${selection.to}`);
        setContent(body, ...(view.pair ? details(view, view.pair, change, show) : [h('p', { class: 'quiet' }, `${selection.from} asks ${selection.to} nothing: it has no address of this family, or they are one.`)]));
      }
    },
  };
}

function asksOf({ stage, selection }: View, change: (change: Change) => void): HTMLElement {
  const pairs = stage.pairs.filter((pair) => pair.family === selection.family && stage.endpoints[pair.from]?.name === selection.from);
  return h('div', {},
    h('ul', { class: 'asks' }, ...pairs.map((pair) => {
      const to = stage.endpoints[pair.to]?.name ?? '';
      return h('li', {}, button(to, () => change({ to, by: pair.by, way: 'there' }), { class: 'link' }), ` ${pair.by} `, answerMark(pair), ` ${answerText(pair.predicted, pair.by)}`);
    })),
    h('p', { class: 'quiet' }, pairs.length === 0 ? 'It asks nobody.' : 'Click another end in the picture for the way there.'));
}

function answerMark({ predicted }: PagePair): HTMLElement {
  return sign(predicted.reached ? '✓' : '✗', predicted.reached ? 'yes' : 'no');
}

function details(view: View, pair: PagePair, change: (change: Change) => void, show: (file: number, line: number) => void): readonly Child[] {
  const { stage, selection, path } = view;
  const others = pairsBetween(stage, selection);
  const standing = standingOf(pair);
  return [
    others.length > 1 && h('div', { class: 'choice', role: 'group', 'aria-label': 'Which question' }, ...others.map((each) => button(each.by, () => change({ by: each.by, way: 'there' }), { 'aria-pressed': String(each === pair) }, answerMark(each), ` ${each.by}`))),
    h('dl', { class: `answers ${standing}` },
      h('dt', {}, 'Predicted'), h('dd', {}, answerMark(pair), ` ${pair.by} to ${pair.address} ${answerText(pair.predicted, pair.by)}`, pair.predicted.rule !== undefined && h('code', { class: 'block' }, pair.predicted.rule)),
      h('dt', {}, 'Measured'), measuredOf(pair, standing)),
    pair.presumed === true && h('p', { class: 'quiet' }, `${pair.address} is what a program most likely gives ${selection.to ?? ''}; the running lab may have another.`),
    pair.like !== undefined && h('p', { class: 'quiet' }, `Shown is the way of ${pair.like}: no packet could tell the two pairs apart.`),
    path?.remedy && h('div', { class: 'remedy' }, h('p', {}, 'This would open it, tried on the simulated lab:'), h('ul', {}, ...path.remedy.map(({ node, command }) => h('li', {}, `on ${node}: `, h('code', {}, command))))),
    path && h('div', { class: 'ways' }, column('There', 'there', path.there, view, change, show), column('And back', 'back', path.back, view, change, show)),
  ];
}

function measuredOf(pair: PagePair, standing: ReturnType<typeof standingOf>): HTMLElement {
  if (standing === 'predicted') return h('dd', { class: 'quiet' }, 'not yet');
  if (standing === 'unknown') return h('dd', {}, sign('?'), ` could not be: ${pair.why ?? ''}`);
  if (standing === 'agree') return h('dd', {}, sign('✓', 'yes'), ' the same');
  return h('dd', { class: 'loud' }, sign('≠'), ` ${pair.measured ? answerText(pair.measured, pair.by) : ''}`, h('span', { class: 'quiet' }, ` (${pair.why ?? ''})`));
}

function column(title: string, name: 'there' | 'back', hops: readonly PageHop[], view: View, change: (change: Change) => void, show: (file: number, line: number) => void): HTMLElement | undefined {
  if (hops.length === 0) return undefined;
  const on = view.selection.way === name;
  return h('div', { class: on ? 'column on' : 'column' },
    button(title, () => change({ way: name }), { class: 'which', 'aria-pressed': String(on), title: 'Show this way in the picture' }, title, sign(on ? ' · in the picture' : '', 'quiet')),
    h('ol', { class: 'hops' }, ...hops.map((hop, index) => h('li', { class: hop.lines.some((line) => line.kind === 'stop') ? 'stopped' : undefined },
      h('span', { class: 'number', 'aria-hidden': 'true' }, String(index + 1)),
      h('strong', {}, hop.space),
      h('ul', {}, ...hop.lines.map((line) => h('li', { class: line.kind }, view.data.texts[line.text] ?? '', ...(line.places ?? []).map((place) => placeOf(place, view, show)))))))));
}

function placeOf([file, line]: readonly [number, number], { stage }: View, show: (file: number, line: number) => void): HTMLElement {
  const path = stage.files[file]?.path ?? '';
  return button(`${path}:${line}`, () => show(file, line), { class: 'place' });
}
