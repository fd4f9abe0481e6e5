/**
 * Rendered packet filter rules, read by the real iptables-restore and ip6tables-restore: `--test` first, and what that takes is loaded, as
 * only the kernel knows that a filter table has no MASQUERADE. All of it in a network namespace of its own, which is
 * gone when the command ends.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Family } from '../model/family.js';
import type { Finding } from '../model/finding.js';
import { filterTool } from '../model/rule.js';
import { remove, temporaryFolder, writeAtomic } from '../write/files.js';
import { faultIn } from './lint-findings.js';
import type { Judgement } from './lint-tools.js';
import { restoreInput } from './restore-input.js';
import type { Outcome, RunCommand } from './run-command.js';

/** Of one file: whoever has more will run it again. */
const LIMIT = 50;
/** Root may do the first, others the second where the system lets them. */
const SPACES: readonly (readonly string[])[] = [['unshare', '--net', '--'], ['unshare', '--user', '--map-root-user', '--net', '--']];
/** A user's PATH may lack where these programs lie; the system's lock is root's, and not needed where nobody else is. */
const RESTORE = 'PATH=$PATH:/usr/sbin:/sbin; export PATH; XTABLES_LOCKFILE=$2; export XTABLES_LOCKFILE; "$3-restore" --test "$1" && echo parsed && "$3-restore" "$1"';

export async function restoreRules(run: RunCommand, folder: string, files: readonly string[]): Promise<Judgement> {
  const started: Judgement = { passed: true, said: '', findings: [], seconds: 0 };
  const { space, why } = await ownSpace(run);
  if (!space) return { ...started, unable: `no network namespace of its own can be made here: ${why}` };
  const scripts = files.map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
  const work = temporaryFolder('labgen-rules');
  const findings: Finding[] = [];
  let seconds = 0;
  try {
    for (const family of [4, 6] as const) {
      const restore = async (text: string): Promise<Outcome> => {
        const path = join(work, 'rules');
        writeAtomic(path, text);
        const outcome = await run({ argv: [...space, 'sh', '-c', RESTORE, 'labgen', path, join(work, 'lock'), filterTool(family)], timeoutMs: 60_000 });
        seconds += outcome.durationMs / 1000;
        return outcome;
      };
      const judged = await judgeFamily(restore, scripts, family);
      if (typeof judged === 'string') return { ...started, seconds, unable: judged };
      findings.push(...judged);
    }
    return { passed: findings.length === 0, said: findings.map((each) => `${each.file}:${each.line}: ${each.message}`).join('\n'), findings, seconds };
  } finally {
    remove(work);
  }
}

/** A string says why nothing can be judged here. */
async function judgeFamily(restore: (text: string) => Promise<Outcome>, scripts: readonly { readonly file: string; readonly text: string }[], family: Family): Promise<readonly Finding[] | string> {
  const rule = filterTool(family);
  const inputs = scripts.map(({ file, text }) => ({ file, input: restoreInput(text, family) })).filter(({ input }) => input.text !== '' || input.unread.length > 0);
  const tables = new Set(inputs.flatMap(({ input }) => [...input.text.matchAll(/^\*(filter|nat|raw|mangle)$/gm)].map((match) => match[1] ?? '')));
  if (inputs.length === 0) return [];
  const bare = await restore([...tables].map((table) => `*${table}\nCOMMIT\n`).join(''));
  if (bare.code !== 0) return `${rule} takes no rules at all here: ${complaintOf(bare)}`;
  const findings: Finding[] = [];
  for (const { file, input } of inputs) {
    for (const line of input.unread) findings.push(faultIn(rule, file, line, 'the rule is not written out in plain words, so that nothing can judge it'));
    findings.push(...(await judge(restore, input.text)).map(({ line, message }) => faultIn(rule, file, input.lines.get(line) ?? 0, message)));
  }
  return findings;
}

async function ownSpace(run: RunCommand): Promise<{ readonly space?: readonly string[]; readonly why: string }> {
  const refused = new Set<string>();
  for (const space of SPACES) {
    const outcome = await run({ argv: [...space, 'true'], timeoutMs: 10_000 });
    if (outcome.code === 0) return { space, why: '' };
    refused.add(outcome.stderr.trim().split('\n')[0] ?? '');
  }
  return { why: [...refused].join('; ') };
}

/** It stops at its first complaint: what that is about is taken out, and the rest is judged. */
async function judge(restore: (text: string) => Promise<Outcome>, text: string): Promise<readonly { readonly line: number; readonly message: string }[]> {
  const rest = text.split('\n');
  const found: { line: number; message: string }[] = [];
  while (found.length < LIMIT) {
    const outcome = await restore(rest.join('\n'));
    if (outcome.code === 0) return found;
    // Whether this machine's kernel has each match and target says nothing about the rules.
    if (/^parsed$/m.test(outcome.stdout) && !/Invalid argument|does not exist/.test(outcome.stderr)) return found;
    // A chain that is not there is missed at the end of the table only.
    const absent = /Chain '([^'\n]+)' does not exist/.exec(outcome.stderr)?.[1];
    const line = absent === undefined ? Number(/\bline:? (\d+)/.exec(outcome.stderr)?.[1] ?? 0) : rest.findIndex((each) => each.endsWith(` -j ${absent}`)) + 1;
    found.push({ line, message: complaintOf(outcome) });
    if (!rest[line - 1]?.startsWith('-')) return found;
    rest[line - 1] = '#';
  }
  return found;
}

/** Without the program's name and version, and without what it says of its own help. */
function complaintOf({ stderr, timedOut }: Outcome): string {
  if (timedOut) return 'no end after 60 s';
  const lines = stderr.split('\n').map((line) => line.replace(/^ip6?tables-restore[^:]*: */, '').replace(/^line \d+: /, '').trim());
  return lines.find((line) => line !== '') ?? 'it gave no reason';
}
