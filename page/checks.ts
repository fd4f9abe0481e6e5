/** What the checks of a stage found, with the command that asked and what was seen. */
import type { PageCheck, PageStage } from '../generator/report/page/data.js';
import { button, h, plural, setContent, sign, unseen } from './dom.js';
import type { View } from './view.js';
import { secondsText, STATES } from './words.js';

export interface Checks {
  readonly element: HTMLElement;
  update(view: View): void;
  /** A verdict that has just come in, before the report has it. */
  note(id: string, state: PageCheck['state']): void;
}

type Filter = 'all' | PageCheck['state'];
const ORDER: readonly PageCheck['state'][] = ['failed', 'not-run', 'waiting', 'passed'];

export function checks(): Checks {
  const filters = h('div', { class: 'choice', role: 'group', 'aria-label': 'Which checks' });
  const list = h('div', { class: 'body' });
  const said = h('p', { class: 'unseen', role: 'status' });
  const element = h('section', { class: 'card checks', 'aria-labelledby': 'checks-title' }, h('div', { class: 'head' }, h('h3', { id: 'checks-title' }, 'Checks'), filters), said, list);
  let filter: Filter = 'all';
  let shown: PageStage | undefined;
  let noted = new Map<string, PageCheck['state']>();

  const render = (): void => {
    if (!shown) return;
    const all = shown.checks.map((check) => ({ ...check, state: noted.get(check.id) ?? check.state }));
    const states = ORDER.filter((state) => all.some((check) => check.state === state));
    if (filter !== 'all' && !states.includes(filter)) filter = 'all';
    const choices: readonly Filter[] = states.length < 2 ? [] : ['all', ...states];
    setContent(filters, ...choices.map((choice) => {
      const count = choice === 'all' ? all.length : all.filter((check) => check.state === choice).length;
      return button(choice, () => { filter = choice; render(); filters.querySelector<HTMLElement>(`[data-filter="${choice}"]`)?.focus(); said.textContent = `${plural(count, 'check')} shown`; }, { 'aria-pressed': String(choice === filter), 'data-filter': choice }, `${choice === 'all' ? 'all' : STATES[choice].word} `, h('span', { class: 'count' }, String(count)));
    }));
    const fitting = all.filter((check) => filter === 'all' || check.state === filter);
    const groups = new Map<string, PageCheck[]>();
    // First what the lab itself claims, then what comes free with its features.
    for (const own of ['lab', shown.name]) if (fitting.some((check) => check.from === own)) groups.set(own, []);
    for (const check of fitting) groups.set(check.from, [...(groups.get(check.from) ?? []), check]);
    setContent(list, ...(all.length === 0 ? [h('p', { class: 'quiet' }, 'The lab has no checks here.')] : [...groups].map(([from, members]) => h('div', { class: 'group' }, h('h4', {}, from === 'lab' ? 'in every stage' : from), ...members.map(checkOf)))));
  };

  return {
    element,
    update({ stage }) {
      if (stage === shown) return;
      shown = stage;
      noted = new Map();
      render();
    },
    note(id, state) {
      noted.set(id, state);
      render();
    },
  };
}

function checkOf(check: PageCheck): HTMLElement {
  const { sign: mark, word } = STATES[check.state];
  const facts: readonly (readonly [string, string | undefined, boolean])[] = [
    ['Why', check.why, false], ['Expected', check.expected, false], [check.state === 'not-run' ? 'Reason' : 'Seen', check.seen, true], ['Node', check.node, false], ['Command', check.command, true],
  ];
  return h('details', { class: `check ${check.state}`, open: check.state === 'failed' },
    h('summary', {}, sign(mark, check.state), unseen(`${word}: `), h('span', { class: 'id' }, check.id), h('span', { class: 'took' }, check.seconds !== undefined && check.seconds >= 0.05 ? secondsText(check.seconds) : '')),
    h('dl', {}, ...facts.flatMap(([name, value, code]) => (value === undefined || value === '' ? [] : [h('dt', {}, name), h('dd', {}, code ? h('code', { class: 'block' }, value) : value)]))));
}
