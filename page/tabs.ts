/** The stages of the lesson as tabs: arrow keys go from one to the next. */
import { h, setContent, sign, unseen } from './dom.js';
import type { Change, View } from './view.js';
import { countsOf } from './words.js';
import type { PageStage, ReportData } from '../generator/report/page/data.js';

export interface Tabs {
  readonly element: HTMLElement;
  update(view: View): void;
}

export function tabs(change: (change: Change) => void): Tabs {
  const element = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Stages' });
  let shown: ReportData | undefined;
  element.addEventListener('keydown', (event) => {
    const all = [...element.querySelectorAll<HTMLElement>('[role=tab]')];
    const at = all.indexOf(event.target as HTMLElement);
    const to = { ArrowRight: (at + 1) % all.length, ArrowLeft: (at - 1 + all.length) % all.length, Home: 0, End: all.length - 1 }[event.key];
    if (at === -1 || to === undefined) return;
    event.preventDefault();
    change({ stage: to });
    all[to]?.focus();
  });
  return {
    element,
    update({ data, selection }) {
      element.hidden = data.stages.length < 2;
      if (shown !== data) {
        const held = element.contains(document.activeElement);
        shown = data;
        setContent(element, ...data.stages.map((stage, index) => h('button', { type: 'button', role: 'tab', id: `tab-${index}`, 'aria-controls': 'stage', onclick: () => change({ stage: index }) },
          h('span', { class: 'step' }, `${index + 1}`), h('span', { class: 'name' }, stage.name), stateOf(stage), stage.current && h('span', { class: 'now' }, 'now'))));
        if (held) element.querySelectorAll<HTMLElement>('[role=tab]')[selection.stage]?.focus();
      }
      for (const [index, tab] of [...element.querySelectorAll<HTMLElement>('[role=tab]')].entries()) {
        tab.setAttribute('aria-selected', String(index === selection.stage));
        tab.tabIndex = index === selection.stage ? 0 : -1;
      }
    },
  };
}

function stateOf(stage: PageStage): HTMLElement {
  const { failed, differ, passed, agree } = countsOf(stage);
  const [mark, word, kind] = failed + differ > 0 ? ['✗', 'something is not as it should be', 'bad'] : passed + agree > 0 ? ['✓', 'all that was measured holds', 'good'] : ['○', 'predicted only', 'open'];
  return h('span', { class: `state ${kind}` }, sign(mark ?? ''), unseen(word ?? ''));
}
