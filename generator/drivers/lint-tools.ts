/** The real tools for rendered files: which files each looks at, and how it is called. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, LintResult } from '../model/finding.js';
import { readAnsibleLint, readPlaybook, readRuby, readShellcheck, readVagrant, readYamllint, type ReadFindings } from './lint-findings.js';
import { restoreRules } from './lint-rules.js';
import { verifyUnits } from './lint-units.js';
import type { RunCommand } from './run-command.js';

export interface Judgement {
  readonly passed: boolean;
  readonly said: string;
  readonly findings: readonly Finding[];
  readonly seconds: number;
  /** Why the tool cannot judge on this machine, though it is there. */
  readonly unable?: string;
}

interface Tool {
  readonly name: string;
  /** What has to be on this machine. */
  readonly programs: readonly string[];
  /** It runs what it looks at, or what lies beside it. */
  readonly runs?: true;
  applies(files: readonly string[]): readonly string[];
  run(run: RunCommand, folder: string, files: readonly string[]): Promise<Judgement>;
}

const named = (...names: readonly string[]) => (files: readonly string[]): readonly string[] => files.filter((file) => names.includes(file));
const call = (read: ReadFindings, argv: (files: readonly string[]) => readonly string[], env: Readonly<Record<string, string>> = {}): Tool['run'] => async (run, folder, files) => {
  const { code, stdout, stderr, durationMs } = await run({ argv: argv(files), cwd: folder, env, timeoutMs: 600_000 });
  const said = code === 0 ? '' : `${stdout}${stderr}`.trim();
  return { passed: code === 0, said, findings: code === 0 ? [] : read(said, folder, files), seconds: durationMs / 1000 };
};

export const TOOLS: readonly Tool[] = [
  { name: 'ruby -c', programs: ['ruby'], applies: named('Vagrantfile'), run: call(readRuby, (files) => ['ruby', '-c', ...files]) },
  // --ignore-provider: the file is judged, not whether this machine has a provider.
  { name: 'vagrant validate', programs: ['vagrant'], runs: true, applies: named('Vagrantfile'), run: call(readVagrant, () => ['vagrant', 'validate', '--ignore-provider', '--no-color']) },
  { name: 'shellcheck', programs: ['shellcheck'], applies: (files) => files.filter((file) => file.endsWith('.sh')), run: call(readShellcheck, (files) => ['shellcheck', '--format=gcc', ...files]) },
  { name: 'iptables-restore --test', programs: ['iptables-restore', 'unshare'], applies: (files) => files.filter((file) => /^nodes\/.*\/labgen-firewall\.sh$/.test(file)), run: restoreRules },
  { name: 'systemd-analyze verify', programs: ['systemd-analyze'], applies: (files) => files.filter((file) => /^nodes\/.*\.(service|conf)$/.test(file)), run: verifyUnits },
  { name: 'ansible-playbook --syntax-check', programs: ['ansible-playbook'], runs: true, applies: named('site.yml'), run: call(readPlaybook, () => ['ansible-playbook', '--syntax-check', 'site.yml'], { ANSIBLE_NOCOLOR: '1' }) },
  { name: 'ansible-lint', programs: ['ansible-lint'], runs: true, applies: named('site.yml'), run: call(readAnsibleLint, () => ['ansible-lint', '--offline', '--nocolor', '-f', 'pep8', '--profile', 'production', 'site.yml'], { NO_COLOR: '1' }) },
  { name: 'yamllint', programs: ['yamllint'], applies: (files) => files.filter((file) => /^[^/]*\.ya?ml$/.test(file)), run: call(readYamllint, (files) => ['yamllint', '--strict', '--format', 'parsable', ...files]) },
];

/** Every tool on a rendered folder; what is missing is said, never skipped in silence. `foreign`: why no code of the folder may run. */
export async function lintFolder(run: RunCommand, folder: string, has: (program: string) => boolean, foreign: string | undefined, onResult: (result: LintResult) => void): Promise<readonly LintResult[]> {
  const all = filesOf(folder, '');
  const results: LintResult[] = [];
  for (const tool of TOOLS) {
    const files = tool.applies(all);
    const result = await one(run, folder, tool, files, tool.programs.filter((program) => !has(program)), foreign);
    results.push(result);
    onResult(result);
  }
  return results;
}

async function one(run: RunCommand, folder: string, tool: Tool, files: readonly string[], missing: readonly string[], foreign: string | undefined): Promise<LintResult> {
  const base = { tool: tool.name, files: files.length };
  const notRun = (said: string): LintResult => ({ ...base, state: 'not-run', findings: [], said, seconds: 0 });
  if (files.length === 0) return notRun('no file here is for it');
  if (missing.length > 0) return notRun(`${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not installed`);
  if (tool.runs && foreign !== undefined) return notRun(foreign);
  const { passed, said, findings, seconds, unable } = await tool.run(run, folder, files);
  return unable === undefined ? { ...base, state: passed ? 'passed' : 'failed', findings, said, seconds } : notRun(unable);
}

/** Plain files; no link is followed, which could lead in a ring. */
function filesOf(folder: string, below: string): readonly string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((each) => {
    const path = below === '' ? each.name : `${below}/${each.name}`;
    if (each.name === '.vagrant' || each.name === '.labgen' || each.name === '.git') return [];
    return each.isDirectory() ? filesOf(folder, path) : each.isFile() ? [path] : [];
  });
}
