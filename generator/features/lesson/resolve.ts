/** The lesson as values: its steps, and the sections of the handout. */
import type { Expectation, Wanted } from '../../model/check.js';
import { asksNumber, expectationText } from '../../model/expectation.js';
import type { Ground } from '../../model/ground.js';
import type { HandoutPart, Step } from '../../model/lab.js';
import { isTree, type Tree } from '../../model/merge.js';
import type { Contributions } from '../feature.js';
import { parseExpectation } from '../expectations.js';

/** Steps as written, each with its place in the list. */
export function stepSources(source: Tree): readonly { readonly step: Tree; readonly index: number }[] {
  return list(source, 'steps').flatMap((step, index) => (isTree(step) ? [{ step, index }] : []));
}

export function resolveLesson(ground: Ground): Contributions {
  const steps = stepSources(ground.source).map(({ step }): Step => ({ node: String(step['on']), run: String(step['run']), expect: parseExpectation(step['expect']), why: String(step['why']) }));
  const section = (title: string, key: string): HandoutPart[] => {
    const items = list(ground.source, key).map(String);
    return items.length === 0 ? [] : [{ title, template: 'features/lesson/list.md', view: { items } }];
  };
  return {
    steps,
    handout: [
      ...(steps.length === 0 ? [] : [stepByStep(steps)]),
      ...section('What changed since the recipes of 2014 to 2020', 'changed'),
      ...section('Try next', 'next'),
    ],
  };
}

function list(source: Tree, key: string): readonly unknown[] {
  const lesson = source['lesson'];
  const value = isTree(lesson) ? lesson[key] : undefined;
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function stepByStep(steps: readonly Step[]): HandoutPart {
  const nodes = [...new Set(steps.map((step) => step.node))];
  return {
    title: 'Step by step',
    template: 'features/lesson/steps.md',
    view: { nodes, several: nodes.length > 1, steps: steps.map((step, index) => ({ number: index + 1, node: step.node, run: step.run, why: step.why, ...outcome(step.expect) })) },
  };
}

/** What the reader sees, in the words of the check that asks the same. */
function outcome(expect: Expectation): { readonly outcome: string; readonly expected: string | false } {
  if (asksNumber(expect)) return { outcome: `It ends with exit status ${expectationText(expect).replace(/^one of: /, '').replaceAll(', ', ' or ')}.`, expected: false };
  switch (expect.is) {
    case 'pattern': return { outcome: 'What it prints matches:', expected: shown(expect) };
    case 'value': return expect.value === '' ? { outcome: 'It prints nothing.', expected: false } : { outcome: 'It prints:', expected: shown(expect) };
    case 'any': return { outcome: expect.of.some((each) => each.is === 'pattern') ? 'What it prints is one of these, or matches it:' : 'It prints one of these:', expected: expect.of.map(shown).join('\n') };
    case 'range':
    case 'works':
    case 'unreachable': return { outcome: 'It ends without an error.', expected: false };
  }
}

function shown(wanted: Wanted): string {
  return wanted.is === 'value' ? (wanted.value === '' ? '(nothing)' : String(wanted.value)) : expectationText(wanted);
}
