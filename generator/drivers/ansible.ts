/** Ansible: the play, and what its recap says. */
import { join } from 'node:path';
import { Failure } from '../model/failure.js';
import { CommandFailed } from './run-command.js';
import type { VagrantPlace } from './vagrant.js';

export interface Recap {
  readonly node: string;
  readonly ok: number;
  readonly changed: number;
  readonly unreachable: number;
  readonly failed: number;
}

/** Runs site.yml on all nodes. A task that fails is exit 1, a node that does not answer exit 3. */
export async function play(place: VagrantPlace, onLine: (line: string) => void): Promise<readonly Recap[]> {
  const outcome = await place.run(
    { argv: ['ansible-playbook', 'site.yml'], cwd: place.folder, env: { ...place.env, ANSIBLE_CONFIG: join(place.folder, 'ansible.cfg'), ANSIBLE_NOCOLOR: '1', PYTHONUNBUFFERED: '1' }, ownGroup: true, timeoutMs: 60 * 60_000 },
    onLine,
    place.interrupt,
  );
  if (place.interrupt.aborted) throw new Failure(130, 'interrupted during the play');
  const recap = parseRecap(outcome.stdout);
  if (outcome.code === 0) return recap;
  const bad = recap.filter((each) => each.failed > 0 || each.unreachable > 0);
  const where = bad.length > 0 ? ` on ${bad.map((each) => each.node).join(', ')}` : '';
  const said = failures(outcome.stdout);
  const message = said ? `the play failed${where}\n${said}` : new CommandFailed(outcome, `the play failed${where}`).message;
  throw new Failure(bad.some((each) => each.unreachable > 0) ? 3 : 1, message, '"labgen up" runs it again; it does only what is missing.');
}

/** What Ansible says of each task that failed, with the task's name. */
function failures(text: string): string {
  const blocks: string[] = [];
  let task = '';
  for (const line of text.split('\n')) {
    const named = /^TASK \[(.*?)\]/.exec(line);
    if (named) task = named[1] ?? '';
    if (/^(fatal|failed|unreachable): /.test(line)) blocks.push(`  in the task "${task}":\n    ${line.slice(0, 2000)}`);
  }
  return blocks.join('\n');
}

/** `net-1 : ok=20 changed=3 unreachable=0 failed=0 skipped=2 …` */
export function parseRecap(text: string): readonly Recap[] {
  return [...text.matchAll(/^(\S+)\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)/gm)].map(([, node = '', ok, changed, unreachable, failed]) => ({
    node, ok: Number(ok), changed: Number(changed), unreachable: Number(unreachable), failed: Number(failed),
  }));
}
