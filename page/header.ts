/** What the report is of, and its verdict. */
import { button, h, plural, setContent, sign } from './dom.js';
import { nextTheme, setTheme, theme, type Theme } from './theme.js';
import type { View } from './view.js';
import { countsOf, timeText } from './words.js';

export interface Header {
  readonly element: HTMLElement;
  update(view: View): void;
}

const THEME_WORDS: Readonly<Record<Theme, string>> = { system: '◐ System', light: '☀ Light', dark: '☾ Dark' };

export function header(help: () => void): Header {
  const title = h('h1');
  const facts = h('p', { class: 'facts' });
  const verdict = h('ul', { class: 'verdict', 'aria-label': 'Verdict' });
  const summary = h('div', { class: 'summary' });
  const switcher = button('', () => { setTheme(nextTheme()); label(); }, { class: 'theme' });
  const label = (): void => {
    switcher.textContent = THEME_WORDS[theme()];
    switcher.setAttribute('aria-label', `Colours: ${theme()}. Change`);
  };
  label();
  const element = h('header', { class: 'top' },
    h('div', { class: 'bar' }, h('p', { class: 'brand' }, 'labgen ', h('span', {}, 'report')), h('div', { class: 'controls' }, switcher, button('Print', () => window.print()), button('Keys', help, { 'aria-keyshortcuts': '?' }))),
    title, facts, verdict, summary);
  return {
    element,
    update(view) {
      const { data } = view;
      title.textContent = data.title;
      setContent(facts, [h('code', {}, data.lab), plural(data.nodes, 'node'), plural(data.containers, 'container'), data.provider, `made ${timeText(data.when)} by labgen ${data.by}`].flatMap((fact, index) => (fact === undefined ? [] : index === 0 ? [fact] : [' · ', fact])).reduce<DocumentFragment>((all, part) => (all.append(part), all), document.createDocumentFragment()));
      setContent(verdict, ...verdictOf(view));
      setContent(summary, ...data.summary.trim().split(/\n\s*\n/).filter((text) => text !== '').map((text) => h('p', {}, text)));
    },
  };
}

function verdictOf({ data, stage }: View): readonly HTMLElement[] {
  const counts = countsOf(stage);
  const item = (kind: 'good' | 'bad' | 'open', mark: string, text: string): HTMLElement => h('li', { class: kind }, sign(mark), ` ${text}`);
  const ran = counts.passed + counts.failed + counts.notRun;
  const measured = counts.agree + counts.differ;
  return [
    ...(counts.failed > 0 ? [item('bad', '✗', `${plural(counts.failed, 'check')} failed`)] : []),
    ...(counts.passed > 0 ? [item('good', '✓', `${counts.passed === ran ? '' : `${counts.passed} of `}${plural(ran, 'check')} passed`)] : []),
    ...(counts.notRun > 0 ? [item('open', '–', `${counts.notRun} not run`)] : []),
    ...(counts.differ > 0 ? [item('bad', '≠', `${counts.differ} of ${plural(measured, 'question')} answered otherwise than predicted`)] : []),
    ...(measured > 0 && counts.differ === 0 ? [item('good', '✓', `${measured} of ${plural(measured, 'question')} answered as predicted`)] : []),
    ...(counts.unknown > 0 ? [item('open', '?', `${counts.unknown} could not be measured`)] : []),
    ...(ran === 0 && measured === 0 ? [item('open', '○', stage.current && !data.running ? 'Predicted only: the lab is not running' : 'Predicted only: nothing was measured in this stage')] : []),
    ...(ran > 0 && measured === 0 && stage.pairs.length > 0 ? [item('open', '○', 'who reaches whom is predicted, not measured')] : []),
  ];
}
