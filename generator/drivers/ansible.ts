/** Ansible: the play, and what its recap says. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../model/failure.js';
import { writeAtomic } from '../write/files.js';
import { failures, unitsIn } from './play-report.js';
import { CommandFailed } from './run-command.js';
import type { VagrantPlace } from './vagrant.js';

export interface Recap {
  readonly node: string;
  readonly ok: number;
  readonly changed: number;
  readonly unreachable: number;
  readonly failed: number;
}

/** Where Debian's package ansible-mitogen puts it, beside the Ansible it was made for. */
const MITOGEN = '/usr/lib/python3/dist-packages/ansible/plugins/strategy/mitogen_linear.py';

/**
 * A Python in each node that stays for the whole play, instead of one for each task: half the work of an emulated node,
 * nothing gained on a quick one. It is root's from the start: two in a row, of the user and of sudo, each compile all
 * they are sent, which took an emulated node of this lab's size 20 s of a processor, and takes one 7.
 *
 * @param folder takes a file of inventory variables. They are no extra variables, as those would be the controller's, too.
 * @returns undefined where Mitogen is not there, or the user has chosen a strategy.
 */
export function mitogen(env: Readonly<Record<string, string | undefined>>, folder: string, plugin = MITOGEN): Strategy | undefined {
  if (env['ANSIBLE_STRATEGY'] !== undefined || !existsSync(plugin)) return undefined;
  const inventory = join(folder, 'mitogen.json');
  // It splits such words before Ansible has filled in the inventory's; the play runs in the rendered folder.
  const vars = { ansible_ssh_common_args: '-F .labgen/ssh-config', ansible_python_interpreter: 'sudo -n /usr/bin/python3', ansible_become: false };
  writeAtomic(inventory, JSON.stringify({ all: { vars } }));
  return { env: { ANSIBLE_STRATEGY: 'mitogen_linear' }, words: ['--inventory', 'inventory.yml', '--inventory', inventory] };
}

/** A play that ended badly: what to look at on which node, and how the others came out of it. */
export class PlayFailed extends Failure {
  constructor(
    exitCode: 1 | 3,
    message: string,
    readonly recap: readonly Recap[],
    readonly units: readonly { readonly node: string; readonly unit: string }[],
  ) {
    super(exitCode, message, '"labgen up" runs it again; it does only what is missing.');
  }
}

/** How a play is told to go about its tasks. */
export interface Strategy {
  readonly env: Readonly<Record<string, string>>;
  readonly words: readonly string[];
}

/** Runs site.yml on all nodes. A task that fails is exit 1, a node that does not answer exit 3. */
export async function play(place: VagrantPlace, onLine: (line: string) => void, strategy: Strategy = { env: {}, words: [] }): Promise<readonly Recap[]> {
  const env = { ...place.env, ...strategy.env, ANSIBLE_CONFIG: join(place.folder, 'ansible.cfg'), ANSIBLE_NOCOLOR: '1', PYTHONUNBUFFERED: '1' };
  const outcome = await place.run(
    { argv: ['ansible-playbook', 'site.yml', ...strategy.words], cwd: place.folder, env, ownGroup: true, timeoutMs: 60 * 60_000 },
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
  throw new PlayFailed(bad.some((each) => each.unreachable > 0) ? 3 : 1, message, recap, unitsIn(outcome.stdout));
}

/** `net-1 : ok=20 changed=3 unreachable=0 failed=0 skipped=2 …` */
export function parseRecap(text: string): readonly Recap[] {
  return [...text.matchAll(/^(\S+)\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)/gm)].map(([, node = '', ok, changed, unreachable, failed]) => ({
    node, ok: Number(ok), changed: Number(changed), unreachable: Number(unreachable), failed: Number(failed),
  }));
}
