/** The real tools for rendered files: which files each looks at, and how it is called. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { remove, temporaryFolder, writeAtomic } from '../write/files.js';
import type { Outcome, RunCommand } from './run-command.js';

export interface LintResult {
  readonly tool: string;
  readonly state: 'passed' | 'failed' | 'not-run';
  /** Files looked at. */
  readonly files: number;
  /** What the tool said, or why it was not run. */
  readonly said: string;
  readonly seconds: number;
}

interface Tool {
  readonly name: string;
  readonly program: string;
  applies(files: readonly string[]): readonly string[];
  run(run: RunCommand, folder: string, files: readonly string[]): Promise<Outcome>;
}

const named = (...names: readonly string[]) => (files: readonly string[]): readonly string[] => files.filter((file) => names.includes(file));
const call = (argv: (files: readonly string[]) => readonly string[], env: Readonly<Record<string, string>> = {}) => (run: RunCommand, folder: string, files: readonly string[]): Promise<Outcome> =>
  run({ argv: argv(files), cwd: folder, env, timeoutMs: 600_000 });

export const TOOLS: readonly Tool[] = [
  { name: 'ruby -c', program: 'ruby', applies: named('Vagrantfile'), run: call((files) => ['ruby', '-c', ...files]) },
  // --ignore-provider: the file is judged, not whether this machine has a provider.
  { name: 'vagrant validate', program: 'vagrant', applies: named('Vagrantfile'), run: call(() => ['vagrant', 'validate', '--ignore-provider', '--no-color']) },
  { name: 'shellcheck', program: 'shellcheck', applies: (files) => files.filter((file) => file.endsWith('.sh')), run: call((files) => ['shellcheck', '--color=never', ...files]) },
  { name: 'systemd-analyze verify', program: 'systemd-analyze', applies: (files) => files.filter((file) => /^nodes\/.*\.(service|conf)$/.test(file)), run: verifyUnits },
  { name: 'ansible-playbook --syntax-check', program: 'ansible-playbook', applies: named('site.yml'), run: call(() => ['ansible-playbook', '--syntax-check', 'site.yml'], { ANSIBLE_NOCOLOR: '1' }) },
  { name: 'ansible-lint', program: 'ansible-lint', applies: named('site.yml'), run: call(() => ['ansible-lint', '--offline', '--nocolor', '--profile', 'production', 'site.yml'], { NO_COLOR: '1' }) },
  { name: 'yamllint', program: 'yamllint', applies: (files) => files.filter((file) => /^[^/]*\.ya?ml$/.test(file)), run: call((files) => ['yamllint', '--strict', '--format', 'parsable', ...files]) },
];

/** Every tool on a rendered folder; what is missing is said, never skipped in silence. */
export async function lintFolder(run: RunCommand, folder: string, has: (program: string) => boolean, onResult: (result: LintResult) => void): Promise<readonly LintResult[]> {
  const all = filesOf(folder, '');
  const results: LintResult[] = [];
  for (const tool of TOOLS) {
    const files = tool.applies(all);
    const result = await one(run, folder, tool, files, has(tool.program));
    results.push(result);
    onResult(result);
  }
  return results;
}

async function one(run: RunCommand, folder: string, tool: Tool, files: readonly string[], there: boolean): Promise<LintResult> {
  const base = { tool: tool.name, files: files.length, seconds: 0 };
  if (files.length === 0) return { ...base, state: 'not-run', said: 'no file here is for it' };
  if (!there) return { ...base, state: 'not-run', said: `${tool.program} is not installed` };
  const outcome = await tool.run(run, folder, files);
  return { ...base, state: outcome.code === 0 ? 'passed' : 'failed', said: outcome.code === 0 ? '' : `${outcome.stdout}${outcome.stderr}`.trim(), seconds: outcome.durationMs / 1000 };
}

function filesOf(folder: string, below: string): readonly string[] {
  return readdirSync(join(folder, below)).flatMap((name) => {
    const path = below === '' ? name : `${below}/${name}`;
    if (name === '.vagrant' || name === '.labgen' || name === '.git') return [];
    return statSync(join(folder, path)).isDirectory() ? filesOf(folder, path) : [path];
  });
}

/**
 * Units name scripts where they will lie on the node. systemd-analyze wants them there, so each node's units are put
 * into a folder of their own with the programs' paths led elsewhere; nothing else in them is touched.
 */
async function verifyUnits(run: RunCommand, folder: string, files: readonly string[]): Promise<Outcome> {
  const work = temporaryFolder('labgen-units');
  const outcomes: Outcome[] = [];
  try {
    for (const node of [...new Set(files.map((file) => file.split('/')[1] ?? ''))]) {
      const home = join(work, node);
      const own = files.filter((file) => file.startsWith(`nodes/${node}/`));
      const units = own.map((file) => {
        const target = file.slice(`nodes/${node}/`.length);
        const text = readFileSync(join(folder, file), 'utf8').replaceAll(/\/var\/lib\/labgen\/(labgen-|artifacts\/)/g, '/bin/true $1').replaceAll(/^ExecStart=dockerd /gm, 'ExecStart=/bin/true ');
        writeAtomic(join(home, target), text);
        return target;
      });
      // A drop-in is judged on a unit that has an ExecStart of its own, as the packaged one has.
      const packaged = [...new Set(units.flatMap((unit) => /^([a-z]+\.service)\.d\//.exec(unit)?.[1] ?? []))];
      for (const unit of packaged) writeAtomic(join(home, unit), '[Service]\nExecStart=/bin/true packaged\n');
      const names = [...units.filter((unit) => unit.endsWith('.service')), ...packaged];
      const outcome = await run({ argv: ['systemd-analyze', 'verify', '--man=no', ...names], env: { SYSTEMD_UNIT_PATH: `${home}:` }, timeoutMs: 120_000 });
      // An unknown or unreadable line is only warned of, and passed over: in our own files that is a fault.
      outcomes.push(outcome.code === 0 && outcome.stderr.includes(home) ? { ...outcome, code: 1 } : outcome);
    }
  } finally {
    remove(work);
  }
  // An unknown directive is only a warning to systemd, with exit code 0; here it is a fault. Lines about the host's own units are not ours.
  const complains = (outcome: Outcome): boolean => `${outcome.stdout}${outcome.stderr}`.split('\n').some((line) => line.includes(work) || /^(labgen-[a-z]+|docker|etcd)\.service: /.test(line));
  const bad = outcomes.map((outcome) => (outcome.code === 0 && complains(outcome) ? { ...outcome, code: 1 } : outcome)).find((outcome) => outcome.code !== 0);
  const last = outcomes.at(-1) as Outcome;
  return { ...(bad ?? last), durationMs: outcomes.reduce((sum, outcome) => sum + outcome.durationMs, 0) };
}
