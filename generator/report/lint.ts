/** What came of the real tools: for people, as JSON, GitHub annotations, SARIF and JUnit. */
import { placeOf, type Finding, type LintResult } from '../model/finding.js';
import { annotation } from './github.js';
import { oneLine, plain } from './plain.js';
import { sarif } from './sarif.js';
import { junitXml } from './xml.js';

const MARKS = { passed: '✓ passed ', failed: '✗ failed ', 'not-run': '– not run' } as const;

/** One tool's result as it comes in. */
export function lintLine({ tool, state, files, findings, said, seconds }: LintResult): string {
  const about = state === 'passed' ? `${files} ${files === 1 ? 'file' : 'files'}, ${seconds.toFixed(1)} s` : state === 'not-run' ? oneLine(said) : '';
  const head = `${MARKS[state]}  ${tool.padEnd(32)} ${about}`.trimEnd();
  return `${head}\n${findings.map((finding) => `${findingText(tool, finding).replaceAll(/^/gm, '    ')}\n`).join('')}`;
}

function findingText(tool: string, finding: Finding): string {
  return `${plain(placeOf(finding))}: ${plain(finding.message)}${isNamed(tool, finding) ? ` (${plain(finding.rule)})` : ''}`;
}

/** A finding without a rule has the tool's name for one. */
function isNamed(tool: string, { rule }: Finding): boolean {
  return !tool.startsWith(rule);
}

export function lintClosing(results: readonly LintResult[]): string {
  const count = (state: LintResult['state']): number => results.filter((result) => result.state === state).length;
  return `lint: ${count('passed')} passed, ${count('failed')} failed, ${count('not-run')} not run\n`;
}

export function lintJson(results: readonly LintResult[]): string {
  return `${JSON.stringify(results, null, 2)}\n`;
}

const GITHUB_LEVELS = { error: 'error', warning: 'warning', note: 'notice' } as const;

/** `strict`: a tool that was not run counts as an error. */
export function lintGithub(results: readonly LintResult[], strict: boolean): string {
  return results
    .flatMap(({ tool, state, said, findings }) => [
      ...findings.map((finding) => annotation({ ...finding, level: GITHUB_LEVELS[finding.level], title: isNamed(tool, finding) ? `${tool}: ${finding.rule}` : tool, message: plain(finding.message) })),
      ...(state === 'not-run' ? [annotation({ level: strict ? 'error' : 'notice', title: tool, message: `not run: ${plain(said)}` })] : []),
    ])
    .join('');
}

/** One run a tool. */
export function lintSarif(results: readonly LintResult[]): string {
  return sarif(results.map(({ tool, state, said, findings }) => ({ tool, rules: [], results: findings.map((finding) => ({ ...finding, message: plain(finding.message) })), ...(state === 'not-run' ? { notRun: plain(said) } : {}) })));
}

/** One case a tool. */
export function lintJunit(results: readonly LintResult[], folder: string, strict: boolean): string {
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
  const cases = results.map(({ tool, state, said, findings, seconds: took }) => ({
    classname: `lint ${folder}`,
    name: tool,
    seconds: took,
    state: state === 'not-run' ? (strict ? 'error' as const : 'skipped' as const) : state,
    ...(state === 'failed' ? { type: tool, message: `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`, text: findings.map((finding) => findingText(tool, finding)).join('\n') } : {}),
    ...(state === 'not-run' ? { message: `not run: ${said}` } : {}),
  }));
  return junitXml(`lint ${folder}`, [{ name: folder, cases, seconds }], seconds);
}
