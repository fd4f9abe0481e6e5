/** Where rules report, so that one mistake is told once: at its first place, and without what follows from it. */
import type { Path, Problem } from '../model/problem.js';
import { nearest, suggest } from '../model/nearest.js';
import type { LabSource } from '../source/lab-source.js';
import type { RuleContext } from './feature.js';

/** `problems` and `wrong` hold what is told already, and the paths that rules must leave alone; both grow. */
export function ruleContext(source: LabSource, problems: Problem[], wrong: Path[]): Omit<RuleContext, 'source' | 'ground'> {
  const report = (severity: Problem['severity']) => (code: string, path: Path, message: string, hint: string): void => {
    const found = { code, severity, ...source.locate(path), message, hint };
    // The members of a group share their place, and what is wrong with it.
    if (problems.some((problem) => problem.code === code && problem.severity === severity && problem.path === found.path)) return;
    if (severity === 'error') wrong.push(path);
    if (!followsFromAnother(found, wrong) && !joined(problems, found)) problems.push(found);
  };
  return {
    isSound: (path) => !wrong.some((each) => meets(each, path)),
    error: report('error'),
    warning: report('warning'),
    nearest: (name, names, what = 'name') => suggest(name, names, what),
  };
}

/** One of the two is the other, or leads to it. */
function meets(one: Path, other: Path): boolean {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index++) if (String(one[index]) !== String(other[index])) return false;
  return true;
}

/** The blocks that give the names a message misses. */
const GIVEN_BY: Readonly<Record<string, readonly string[]>> = {
  node: ['nodes', 'groups'],
  container: ['containers'],
  'node or container': ['nodes', 'groups', 'containers'],
  network: ['networks'],
  bridge: ['bridges'],
  artifact: ['artifacts'],
  'Docker network': ['dockerNetworks', 'swarm'],
  service: ['swarm'],
};

/** A name is missing because what would give it is told already: its whole block, or the entry it was meant to be. */
function followsFromAnother({ code, message }: Problem, wrong: readonly Path[]): boolean {
  const [, what = '', name = ''] = (code === 'LG040' && /^there is no ([\w ]+) "(.*)"$/.exec(message)) || [];
  const blocks = GIVEN_BY[what] ?? [];
  return wrong.some(([block, entry, key]) => {
    if (!blocks.includes(String(block))) return false;
    const given = String(entry);
    // A group whose count is wrong has no members that could be named.
    return entry === undefined || given === name || (key === undefined && nearest(name, [given]) !== undefined) || (key === 'count' && name.startsWith(`${given}-`));
  });
}

/** A wrong name that is used in several places is one mistake: told at the first, the others are named there. */
function joined(problems: Problem[], found: Problem): boolean {
  const name = wrongName(found);
  const index = name === undefined || found.line === 0 ? -1 : problems.findIndex((problem) => problem.file === found.file && problem.code === found.code && wrongName(problem) === name);
  const first = problems[index];
  if (!first) return false;
  const [hint = '', others] = first.hint.split(/ Also at lines? /);
  const lines = new Set([first.line, found.line, ...(others ?? '').split(', ').filter(Boolean).map(Number.parseFloat)]);
  const [, ...more] = [...lines].sort((a, b) => a - b);
  const told = found.line < first.line ? found : first;
  problems[index] = { ...told, hint: more.length === 0 ? hint : `${told === found ? found.hint : hint} Also at line${more.length > 1 ? 's' : ''} ${more.join(', ')}.` };
  return true;
}

/** A name that nothing has, or a node that lacks Docker. */
function wrongName({ code, message }: Problem): string | undefined {
  return code === 'LG040' || code === 'LG052' ? /"([^"]*)"/.exec(message)?.[1] : undefined;
}
