/** The rendered files of a stage; lines that the selected way touches are marked, with the hop they belong to. */
import type { PageStage } from '../generator/report/page/data.js';
import { button, h, setContent, unseen } from './dom.js';
import type { View } from './view.js';

export interface Files {
  readonly element: HTMLElement;
  update(view: View): void;
  /** Brings a line into sight. */
  show(file: number, line: number): void;
}

/** By line: the hops of the way there and back that it makes so. */
type Touched = ReadonlyMap<number, ReadonlyMap<number, readonly string[]>>;

export function files(): Files {
  const list = h('ul', { class: 'list' });
  const name = h('h4', { id: 'file-name' });
  const code = h('div', { class: 'code', tabindex: 0, role: 'region', 'aria-labelledby': 'file-name' });
  const element = h('section', { class: 'card files', 'aria-labelledby': 'files-title' }, h('div', { class: 'head' }, h('h3', { id: 'files-title' }, 'Rendered files')), h('div', { class: 'panes' }, h('nav', { 'aria-label': 'Files' }, list), h('div', { class: 'pane' }, name, code)));
  let view: View | undefined;
  let stage: PageStage | undefined;
  let open = -1;

  const render = (): void => {
    if (!view) return;
    const touched = touchedBy(view);
    const { data } = view;
    setContent(list, ...view.stage.files.map((file, index) => {
      const lines = touched.get(index)?.size ?? 0;
      return h('li', {}, button(file.path, () => { open = index; render(); list.querySelectorAll('button')[index]?.focus(); }, { 'aria-current': index === open ? 'true' : undefined, class: lines > 0 ? 'touched' : undefined }, file.path, lines > 0 && h('span', { class: 'count' }, String(lines), unseen(lines === 1 ? ' line on the way' : ' lines on the way'))));
    }));
    const [here, place] = [list.querySelectorAll<HTMLElement>('li')[open], list.parentElement];
    if (here && place && (here.offsetTop < place.scrollTop || here.offsetTop + here.offsetHeight > place.scrollTop + place.clientHeight)) place.scrollTop = here.offsetTop - place.clientHeight / 2;
    const file = view.stage.files[open];
    name.textContent = file?.path ?? '';
    const lines = file === undefined ? [] : (data.texts[file.text] ?? '').replace(/\n$/, '').split('\n');
    setContent(code, h('ol', {}, ...lines.map((line, index) => {
      const hops = touched.get(open)?.get(index + 1);
      return h('li', { class: [hops ? 'hit' : '', /^\s*#/.test(line) ? 'comment' : ''].join(' ').trim() || undefined, 'data-line': index + 1 }, h('code', {}, line === '' ? ' ' : line), hops && h('span', { class: 'hops', title: `on the way: ${hops.join(', ')}` }, hops.join(' ')));
    })));
  };

  return {
    element,
    update(next) {
      view = next;
      element.hidden = next.stage.files.length === 0;
      if (stage !== next.stage) {
        const path = stage?.files[open]?.path;
        stage = next.stage;
        open = Math.max(0, next.stage.files.findIndex((file) => file.path === (path ?? 'README.md')));
      }
      render();
      // The first line that the way touches, without moving the page.
      const touched = touchedBy(next);
      if (touched.size > 0 && !touched.has(open)) {
        open = [...touched.keys()][0] ?? open;
        render();
      }
      toLine(code, code.querySelector<HTMLElement>('.hit'));
    },
    show(file, line) {
      open = file;
      render();
      const target = code.querySelector<HTMLElement>(`[data-line="${line}"]`);
      element.scrollIntoView({ block: 'start' });
      toLine(code, target);
      target?.classList.add('now');
      code.focus({ preventScroll: true });
    },
  };
}

function toLine(code: HTMLElement, line: HTMLElement | null): void {
  code.scrollTop = line ? Math.max(0, line.offsetTop - code.clientHeight / 3) : 0;
}

function touchedBy({ path }: View): Touched {
  const touched = new Map<number, Map<number, string[]>>();
  for (const [way, hops] of [['', path?.there ?? []], ['back ', path?.back ?? []]] as const) {
    for (const [index, hop] of hops.entries()) {
      for (const [file, line] of hop.lines.flatMap((each) => each.places ?? [])) {
        const lines = touched.get(file) ?? new Map<number, string[]>();
        touched.set(file, lines);
        const mark = `${way}${index + 1}`;
        const marks = lines.get(line) ?? [];
        if (!marks.includes(mark)) lines.set(line, [...marks, mark]);
      }
    }
  }
  return touched;
}
