/** The page as a whole: what is looked at, and all parts told of each change. */
import type { LiveEvent, PageCheck, ReportData } from '../generator/report/page/data.js';
import { checks } from './checks.js';
import { diagram } from './diagram.js';
import { button, h, setContent } from './dom.js';
import { files } from './files.js';
import { header } from './header.js';
import { help } from './help.js';
import { matrix } from './matrix.js';
import { tabs } from './tabs.js';
import { way } from './path.js';
import { ZOOM_STEP } from './panzoom.js';
import { familiesOf, fromAddress, toAddress, viewOf, type Change, type Selection } from './view.js';
import { answerText, standingOf } from './words.js';

/** So many columns of a grid have room beside the picture. */
const BESIDE = 5;

export interface Page {
  /** Newer data of the same lab: what is looked at stays. */
  replace(data: ReportData): void;
  note(event: Extract<LiveEvent, { kind: 'check' }>): void;
}

export function page(root: HTMLElement, given: ReportData, above: readonly HTMLElement[] = []): Page {
  let data = given;
  let selection = fromAddress(data, location.hash);
  const keys = help();
  const top = header(() => keys.showModal());
  const stages = tabs((change) => apply(change));
  const picture = diagram(pick);
  const grid = matrix((change) => apply(change));
  const code = files();
  const detail = way((change) => apply(change), (file, line) => code.show(file, line));
  const proof = checks();
  const heading = h('h2', {});
  const notes = h('div', { class: 'notes' });
  const both = h('div', { class: 'pair' }, picture.element, grid.element);
  const panel = h('div', { id: 'stage', class: 'stage' }, heading, notes, both, detail.element, proof.element, code.element);
  const foot = h('footer', {});
  setContent(root, top.element, ...above, h('main', {}, stages.element, panel), foot, keys);

  function apply(change: Change): void {
    const before = selection;
    selection = settled({ ...selection, ...change });
    render();
    if (selection.to !== undefined && (before.to !== selection.to || before.from !== selection.from) && !fits(detail.element)) detail.element.scrollIntoView({ block: 'nearest' });
  }

  /** Names that the stage does not have are let go of. */
  function settled(wanted: Selection): Selection {
    const stage = data.stages[wanted.stage] ?? data.stages[0];
    const names = new Set(stage?.endpoints.map((each) => each.name));
    const families = stage ? familiesOf(stage) : [];
    const { from, to, ...rest } = wanted;
    const [here, there] = [from !== undefined && names.has(from) ? from : undefined, to !== undefined && names.has(to) ? to : undefined];
    return { ...rest, family: families.length > 0 && !families.includes(wanted.family) ? families[0] ?? 4 : wanted.family, ...(here !== undefined && { from: here }), ...(here !== undefined && there !== undefined && { to: there }) };
  }

  /** The first click says who asks, the second who is asked. */
  function pick(name: string): void {
    if (selection.from === undefined || selection.to !== undefined || selection.from === name) apply({ from: selection.from === name && selection.to === undefined ? undefined : name, to: undefined, by: undefined });
    else apply({ to: name, by: undefined, way: 'there' });
  }

  function render(): void {
    const view = viewOf(data, selection);
    const named = data.stages.length > 1;
    heading.textContent = view.stage.title === '' || !named ? 'The lab' : view.stage.title;
    heading.hidden = !named;
    if (named) {
      panel.setAttribute('role', 'tabpanel');
      panel.setAttribute('aria-labelledby', `tab-${selection.stage}`);
    }
    for (const part of [top, stages, picture, grid, detail, proof, code]) part.update(view);
    // A grid of many needs the whole width.
    both.classList.toggle('stacked', view.stage.endpoints.length > BESIDE);
    setContent(notes, ...notesOf());
    setContent(foot, ...footOf());
    const address = toAddress(view);
    if (address !== location.hash) history.replaceState(null, '', address === '' ? location.pathname + location.search : address);
    document.title = `${data.lab}${view.stage.name === '' ? '' : ` (${view.stage.name})`}: ${data.title}`;
  }

  /** What must not be overlooked, first of all where the lab does otherwise than predicted. */
  function notesOf(): readonly HTMLElement[] {
    const { stage } = viewOf(data, selection);
    const differing = stage.pairs.filter((pair) => standingOf(pair) === 'differ');
    return [
      ...(differing.length === 0 ? [] : [h('div', { class: 'note bad', role: 'alert' }, h('p', {}, h('strong', {}, 'The lab does otherwise than predicted.'), ' One of the two is wrong: either the lab was changed since, or labgen errs.'),
        h('ul', {}, ...differing.slice(0, 12).map((pair) => {
          const [from, to] = [stage.endpoints[pair.from]?.name ?? '', stage.endpoints[pair.to]?.name ?? ''];
          return h('li', {}, button(`${from} → ${to}, ${pair.by}`, () => apply({ from, to, by: pair.by, family: pair.family, way: 'there' }), { class: 'link' }), `: predicted ${answerText(pair.predicted, pair.by)}; measured ${pair.measured ? answerText(pair.measured, pair.by) : ''}`);
        })), differing.length > 12 && h('p', {}, `And ${differing.length - 12} more.`))]),
      ...stage.gaps.map((gap) => h('p', { class: 'note' }, `Not predicted: ${gap}.`)),
    ];
  }

  function footOf(): readonly HTMLElement[] {
    return [
      ...(data.leftOut.length === 0 ? [] : [h('div', {}, h('h4', {}, 'Left out of this page'), h('ul', {}, ...data.leftOut.map((each) => h('li', {}, each))))]),
      h('p', {}, `labgen ${data.by}. This page holds all it shows, and asks nobody for anything.`),
    ];
  }

  document.addEventListener('keydown', (event) => {
    const inText = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (inText || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || keys.open) return;
    const act = { '?': () => keys.showModal(), Escape: () => apply({ from: undefined, to: undefined, by: undefined }), b: () => apply({ way: selection.way === 'there' ? 'back' : 'there' }), '+': () => picture.zoom(ZOOM_STEP), '=': () => picture.zoom(ZOOM_STEP), '-': () => picture.zoom(1 / ZOOM_STEP), '0': () => picture.fit() }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  window.addEventListener('hashchange', () => {
    selection = settled(fromAddress(data, location.hash));
    render();
  });
  paperworthy(root);
  selection = settled(selection);
  render();
  return {
    replace(next) {
      const name = data.stages[selection.stage]?.name;
      const followed = data.stages[selection.stage]?.current === true;
      data = next;
      const [same, current] = [next.stages.findIndex((stage) => stage.name === name), next.stages.findIndex((stage) => stage.current)];
      selection = settled({ ...selection, stage: followed && current !== -1 ? current : Math.max(0, same) });
      render();
    },
    note: ({ id, state }: { readonly id: string; readonly state: PageCheck['state'] }) => proof.note(id, state),
  };
}

function fits(element: HTMLElement): boolean {
  const { top } = element.getBoundingClientRect();
  return top >= 0 && top < innerHeight * 0.75;
}

/** On paper nothing can be unfolded. */
function paperworthy(root: HTMLElement): void {
  let closed: readonly HTMLDetailsElement[] = [];
  window.addEventListener('beforeprint', () => {
    closed = [...root.querySelectorAll('details')].filter((each) => !each.open);
    for (const each of closed) each.open = true;
  });
  window.addEventListener('afterprint', () => {
    for (const each of closed) each.open = false;
  });
}
