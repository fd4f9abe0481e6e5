/** The lesson in the terminal: what is told of a stage before it is made, and what there is to try in it. */
import type { Check } from '../model/check.js';
import type { Lab } from '../model/lab.js';
import { oneLine } from './plain.js';

export interface StageTold {
  readonly lab: Lab;
  /** From 1. */
  readonly number: number;
  readonly of: number;
  /** What the stage changes against the one before it; undefined at the first. */
  readonly difference: string | undefined;
  /** How the rest of a long difference is seen. */
  readonly whole: string;
}

const LINES = 40;

/** Title, what will change and why, what will be checked. */
export function stageIntro({ lab, number, of, difference, whole }: StageTold): string {
  const title = lab.stages.find((stage) => stage.name === lab.stage)?.title;
  const head = lab.stage === undefined ? oneLine(lab.title) : `${oneLine(lab.name)}, stage ${number} of ${of}: ${oneLine(lab.stage)}`;
  const parts = [`${head}\n${'─'.repeat(Math.min(100, head.length))}\n${title === undefined ? '' : `${oneLine(title)}\n`}`];
  if (number === 1 && lab.summary !== '') parts.push(`${lab.summary.trim().split('\n').map((line) => oneLine(line)).join('\n')}\n`);
  if (difference !== undefined) parts.push(shortened(difference.trimEnd(), whole));
  const own = lab.checks.filter((check) => check.from === lab.stage || (lab.stage === undefined && check.from === 'lab'));
  if (own.length > 0) parts.push(`What is checked then, and why\n${own.map(checkLine).join('')}${lab.checks.length > own.length ? `  … and ${lab.checks.length - own.length} checks that are not this stage's alone\n` : ''}`);
  return parts.join('\n');
}

function checkLine({ id, why }: Check): string {
  return `  ${oneLine(id, 100)}\n${why === '' ? '' : `      ${oneLine(why)}\n`}`;
}

function shortened(text: string, whole: string): string {
  const lines = text.split('\n');
  if (lines.length <= LINES) return `${text}\n`;
  return `${lines.slice(0, LINES).join('\n')}\n  … ${lines.length - LINES} lines more: ${whole}\n`;
}

/** Each step with the line that runs it from another terminal. `command` makes that line. */
export function stepsText(lab: Lab, command: (node: string, run: string) => string): string {
  if (lab.steps.length === 0) return '';
  return `Try it\n${lab.steps.map(({ node, run, why }, index) => `  ${index + 1}. on ${oneLine(node)}: ${oneLine(run, 2000)}\n     ${oneLine(why)}\n     ${oneLine(command(node, run), 3000)}\n`).join('')}`;
}
