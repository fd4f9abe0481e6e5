/** Why a phase of `up` did not end well, with the lines of the logs that tell it, and how the other nodes came out of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlayFailed } from '../../drivers/ansible.js';
import { standstill } from '../../drivers/play-report.js';
import { connectSsh } from '../../drivers/ssh.js';
import { machineStates } from '../../drivers/vagrant.js';
import { Failure } from '../../model/failure.js';
import { oneLine } from '../../report/plain.js';
import { timeText } from '../limits.js';
import { NEVER, runnerOf, sshHosts, vagrantPlace } from '../running.js';
import type { Run } from './up-phases.js';

const LINES = 8;
const WIDTH = 300;

/** The phase's time is over, and what was begun in it has been ended. */
export async function tooLate(run: Run, phase: string, limitMs: number): Promise<Failure> {
  const reason = await reasonOf(run, phase);
  return new Failure(3, `the phase "${phase}" did not end within ${timeText(limitMs)}${reason}`, `--limit ${phase}=TIME gives it longer. "labgen up" goes on from here; "labgen down" takes away what is there.`);
}

async function reasonOf(run: Run, phase: string): Promise<string> {
  if (phase === 'boot') return `\n${await nodesTold(run)}`;
  const where = phase === 'play' ? standstill(run.lines, run.open.lab.nodes.map((node) => node.name)) : undefined;
  if (where !== undefined) return `\n  ${oneLine(where, WIDTH)}`;
  return run.lines.length === 0 ? '' : `; it said last:\n${told(run.lines, '  ')}`;
}

/** `error`, with what else is known of its cause. */
export async function explained(run: Run, phase: string, error: unknown): Promise<unknown> {
  if (error instanceof PlayFailed) return new Failure(error.exitCode, [error.message, ...(await unitsTold(run, error)), ...othersTold(error)].join('\n'), error.hint);
  if (phase === 'boot' && error instanceof Failure) return new Failure(error.exitCode, `${error.message}\n${await nodesTold(run)}`, error.hint);
  return error;
}

/** Each node with its state; of one that did not come up, what Vagrant said of it last, and what it said itself. */
async function nodesTold(run: Run): Promise<string> {
  const { context, open, state, lines } = run;
  const states = await machineStates({ ...vagrantPlace(context, open.folder, state.env), interrupt: NEVER }).catch(() => []);
  const blocks: string[] = [];
  for (const { name } of open.lab.nodes) {
    const now = states.find((each) => each.node === name)?.state ?? 'nothing is known of it';
    const about = lines.map((line) => line.replace(/^(==>)?\s*/, '')).filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
    const ready = now === 'running' && (about.length === 0 || about.some((line) => /booted and ready|already (running|provisioned)/i.test(line)));
    blocks.push(`  ${name}: ${now.replace('_', ' ')}${ready || now !== 'running' ? '' : ', but it did not get ready'}`);
    if (ready) continue;
    if (about.length > 0) blocks.push(told(about, '    '));
    const console = await consoleOf(run, name);
    if (console.length > 0) blocks.push('    the node itself said last:', told(console, '      '));
  }
  return blocks.join('\n');
}

/** What a container's first process printed; other providers keep no such log. */
async function consoleOf({ context, open }: Run, node: string): Promise<readonly string[]> {
  let id: string;
  try {
    id = readFileSync(join(open.folder, '.vagrant/machines', node, 'docker/id'), 'utf8').trim();
  } catch {
    return [];
  }
  const { code, stdout, stderr } = await runnerOf(context, NEVER)({ argv: ['docker', 'logs', '--tail', String(LINES), id], timeoutMs: 10_000 });
  return code === 0 ? (stdout + stderr).split('\n').filter((line) => line.trim() !== '') : [];
}

/** The end of the journal of each unit that could not be started. A node that does not tell is left out. */
async function unitsTold({ open }: Run, { units }: PlayFailed): Promise<readonly string[]> {
  if (units.length === 0) return [];
  const connections = connectSsh(sshHosts(open.folder), { connectWithinMs: 5000 });
  try {
    const blocks = units.map(async ({ node, unit }) => {
      const journal = await connections.run(node, ['journalctl', '--unit', unit, '--boot', '--no-pager', '--output', 'cat', '--lines', '40'], { timeoutMs: 15_000 }).catch(() => undefined);
      const lines = journal?.stdout.split('\n').filter((line) => line.trim() !== '') ?? [];
      return lines.length === 0 ? [] : [`  ${unit} on ${node} said last:`, told(causes(lines), '    ')];
    });
    return (await Promise.all(blocks)).flat();
  } finally {
    await connections.close();
  }
}

/** systemd's own words about a unit (exit codes, "start request repeated") come after the reason, again with each try. */
function causes(lines: readonly string[]): readonly string[] {
  const own = [...new Set(lines)].filter((line) => !/^(\S+\.(service|socket): |Starting |Started |Stopped |Failed to start |Dependency failed )/.test(line));
  return own.length > 0 ? own : lines;
}

/** Nodes on which the play went well. */
function othersTold({ recap }: PlayFailed): readonly string[] {
  const well = recap.filter((each) => each.failed === 0 && each.unreachable === 0);
  return well.length === 0 ? [] : [`  ${well.map((each) => `${each.node}: ok=${each.ok} changed=${each.changed}`).join(', ')}: nothing failed there`];
}

/** The last lines, made safe to print. */
function told(lines: readonly string[], indent: string): string {
  return lines.slice(-LINES).map((line) => indent + oneLine(line.trimEnd(), WIDTH)).join('\n');
}
