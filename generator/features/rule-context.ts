/** Where rules report, so that one mistake is told once: at its first place, and without what follows from it. */
import type { Path, Problem } from '../model/problem.js';
import { nearest, suggest } from '../model/nearest.js';
import type { LabSource } from '../source/lab-source.js';
import type { RuleContext } from './feature.js';

/** `problems` and `wrong` hold what is told already, and the paths that rules must leave alone; both grow. */
export function ruleContext(source: LabSource, problems: Problem[], wrong: Path[]): Omit<RuleContext, 'source' | 'ground' | 'host'> {
  const report = (severity: Problem['severity']) => (code: string, path: Path, message: string, hint: string): void => {
    const found = { code, severity, ...source.locate(path), message, hint };
    // The members of a group share their place, and what is wrong with it.
    if (problems.some((problem) => problem.code === code && problem.severity === severity && problem.path === found.path)) return;
    if (severity === 'error') wrong.push(path);
    if (!followsFromAnother(found, wrong) && !joined(problems, found)) problems.push(found);
  };
  const meets = meetingAny(wrong);
  return {
    isSound: (path) => !meets(path),
    error: report('error'),
    warning: report('warning'),
    nearest: (name, names, what = 'name') => suggest(name, names, what),
  };
}

/** Whether a path is one of `paths`, or leads to one, or one leads to it; `paths` may grow. Thousands of them are asked for thousands of times. */
function meetingAny(paths: readonly Path[]): (path: Path) => boolean {
  const [ends, ways] = [new Set<string>(), new Set<string>()];
  let known = 0;
  const keys = (path: Path): readonly string[] => {
    let key = '';
    return ['', ...path.map((part) => (key += `\0${part}`))];
  };
  return (path) => {
    for (; known < paths.length; known++) {
      const every = keys(paths[known] ?? []);
      for (const key of every) ways.add(key);
      ends.add(every.at(-1) ?? '');
    }
    const asked = keys(path);
    return ends.size > 0 && (ways.has(asked.at(-1) ?? '') || asked.some((key) => ends.has(key)));
  };
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

/** A wrong name that is used in several places, or at several stages, is one mistake: told at the first, the others are named there. */
export function joined(problems: Problem[], found: Problem): boolean {
  const name = wrongName(found);
  const index = name === undefined || found.line === 0 ? -1 : problems.findIndex((problem) => problem.file === found.file && problem.code === found.code && wrongName(problem) === name);
  const first = problems[index];
  if (!first) return false;
  const [[hint = '', others = ''], [own = '', more = '']] = [first.hint.split(ALSO), found.hint.split(ALSO)];
  const lines = new Set([first.line, found.line, ...[others, more].flatMap((each) => each.split(', ').filter(Boolean).map(Number.parseFloat))]);
  const [, ...rest] = [...lines].sort((a, b) => a - b);
  const told = found.line < first.line ? found : first;
  problems[index] = { ...told, hint: `${told === found ? own : hint}${rest.length === 0 ? '' : ` Also at line${rest.length > 1 ? 's' : ''} ${rest.join(', ')}.`}` };
  return true;
}

/** A check whose names are missing at one stage is told that, and not what it cannot be at another; a named check that was meant where another name stands is not unused. */
export function withoutConsequences(problems: readonly Problem[]): Problem[] {
  const missing = new Set(problems.filter((problem) => problem.code === 'LG040').map((problem) => `${problem.file} ${problem.path}`));
  const meant = new Set(problems.flatMap(({ code, message, hint }) => (code === 'LG040' && message.startsWith('there is no named check') ? /^Did you mean "([^"]*)"/.exec(hint)?.[1] ?? [] : [])));
  return problems.filter(({ code, file, path, message }) => (code !== 'LG183' || !missing.has(`${file} ${path}`)) && (code !== 'LG155' || !meant.has(/"([^"]*)"/.exec(message)?.[1] ?? '')));
}

const ALSO = / Also at lines? /;

/** A name or variable that nothing has, or a node that lacks Docker. */
function wrongName({ code, message }: Problem): string | undefined {
  return ['LG020', 'LG040', 'LG052'].includes(code) ? /"([^"]*)"/.exec(message)?.[1] : undefined;
}
