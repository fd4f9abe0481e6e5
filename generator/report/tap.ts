/** Verdicts as TAP 14. */
import type { Verdict, Verdicts } from '../model/verdict.js';
import { labTitle, oneLine, plain } from './plain.js';

export function verdictsTap(verdicts: Verdicts): string {
  const lines = ['TAP version 14', `1..${verdicts.verdicts.length}`];
  verdicts.verdicts.forEach((verdict, index) => lines.push(...testPoint(verdict, index + 1)));
  return [...lines, `# verify ${oneLine(labTitle(verdicts))}: ${verdicts.passed} passed, ${verdicts.failed} failed, ${verdicts.notRun} not run`, ''].join('\n');
}

function testPoint(verdict: Verdict, number: number): readonly string[] {
  const head = `${verdict.state === 'passed' ? 'ok' : 'not ok'} ${number} - ${description(`${verdict.check.from}: ${verdict.check.id}`)}`;
  if (verdict.state === 'passed') return [head];
  const message = verdict.state === 'failed' ? `expected ${verdict.expected}` : 'not run';
  const fields = [['message', message], ['severity', verdict.state === 'failed' ? 'fail' : 'error'], ['node', verdict.node], ['command', verdict.command], ['seen', verdict.seen], ['why', verdict.why]];
  return [head, '  ---', ...fields.filter(([, value]) => value !== '').map(([name, value]) => `  ${name}: ${yaml(value ?? '')}`), '  ...'];
}

/** A `#` would begin a directive (`# SKIP`): escaped, as the backslash is. */
function description(text: string): string {
  return oneLine(text).replaceAll('\\', '\\\\').replaceAll('#', '\\#');
}

/** A JSON text is a YAML double-quoted scalar. */
function yaml(text: string): string {
  return JSON.stringify(plain(text));
}
