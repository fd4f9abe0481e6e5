/** Problems of a lab as text for people, as JSON and as GitHub annotations for machines. */
import { printable, type Problem } from '../model/problem.js';
import { annotation } from './github.js';

/** `texts`: the files' contents by the names problems have for them, for the line a problem is on. */
export function formatProblems(problems: readonly Problem[], texts: ReadonlyMap<string, string>, colour: boolean): string {
  const files = new Map([...new Set(problems.map((problem) => problem.file))].map((file) => [file, texts.get(file)?.split(/\r?\n/)]));
  const paint = (code: number, value: string): string => (colour ? `\u001b[${code}m${value}\u001b[0m` : value);
  return problems
    .map((problem) => {
      const where = problem.line > 0 ? `${problem.file}:${problem.line}:${problem.column}` : problem.file;
      const level = problem.severity === 'error' ? paint(31, 'error') : paint(33, 'warning');
      const path = problem.path === '' ? '' : ` (at ${printable(problem.path)})`;
      const lines = files.get(problem.file);
      const source = lines && problem.line > 0 ? excerpt(lines, problem) : '';
      return `${paint(1, where)}: ${level} ${problem.code}: ${problem.message}${path}\n${source}${problem.hint === '' ? '' : `       ${problem.hint}\n`}`;
    })
    .join('\n');
}

function excerpt(lines: readonly string[], problem: Problem): string {
  const line = lines[problem.line - 1];
  if (line === undefined) return '';
  // A very long line is cut around the place, and a tab is shown as one column.
  const clean = withoutLengths(line);
  const column = withoutLengths(line.slice(0, problem.column - 1)).length;
  const start = column >= 100 ? column - 39 : 0;
  const shown = printable(clean.replaceAll('\t', ' ')).slice(start, start + 140);
  return `${String(problem.line).padStart(4)} | ${shown}\n     | ${' '.repeat(Math.max(0, column - start))}^\n`;
}

/** In a text each sign of a secret is a dot; how many there are is not said either. */
function withoutLengths(line: string): string {
  return line.replaceAll(/•+/g, '•••');
}

/** One line for a whole list: where its codes are explained. The first one stands for all. */
export function explainedBy(problems: readonly Problem[]): string {
  const codes = new Set(problems.map((problem) => problem.code));
  const [first] = codes;
  return first === undefined ? '' : `"labgen help ${first}" explains ${codes.size === 1 ? 'the code' : 'a code'}.`;
}

export function problemsJson(problems: readonly Problem[]): string {
  return `${JSON.stringify(problems.map(({ code, severity, file, line, column, path, message, hint }) => ({ code, severity, file, line, column, path, message, hint })), null, 2)}\n`;
}

/** Annotations; what `--set` says wrong stands in no file. */
export function problemsGithub(problems: readonly Problem[]): string {
  return problems
    .map(({ severity, file, line, column, code, message, hint }) => annotation({ level: severity, ...(line > 0 ? { file, line, column } : {}), title: code, message: [line > 0 ? message : `${file}: ${message}`, hint].filter(Boolean).join('. ') }))
    .join('');
}
