/** Vagrant: machines up, their state, and the SSH settings its Vagrantfile writes. */
import { Failure } from '../model/failure.js';
import { CommandFailed, type RunCommand } from './run-command.js';
import type { Provider } from './choose-provider.js';

export interface VagrantPlace {
  readonly run: RunCommand;
  /** The rendered folder. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly interrupt: AbortSignal;
}

/** Creates and boots what is not running; the play is left to the caller. */
export async function boot(place: VagrantPlace, provider: Provider, onLine: (line: string) => void): Promise<void> {
  const outcome = await place.run(
    { argv: ['vagrant', 'up', `--provider=${provider}`, '--no-color'], cwd: place.folder, env: { ...place.env, LABGEN_PLAY: 'later' }, ownGroup: true, timeoutMs: 45 * 60_000 },
    onLine,
    place.interrupt,
  );
  if (place.interrupt.aborted) throw new Failure(130, 'interrupted while the nodes were booting');
  if (outcome.code === 0) return;
  const failed = new CommandFailed(outcome, 'the nodes did not come up');
  throw new Failure(3, failed.message, bootHint(outcome.stdout + outcome.stderr));
}

/** What is known of Vagrant's usual failures. */
function bootHint(said: string): string {
  if (/other SSH host keys than when it was first met/.test(said)) return 'Nothing was asked of that node. Whoever made it new keys forgets the old ones as said above; otherwise find out who answers there.';
  if (/already taken|already exists|is already in use/i.test(said)) return 'A machine of an interrupted run is in the way: "labgen down" takes it away.';
  if (/Call to virDomainCreate.*emulation|kvm/i.test(said)) return 'KVM could not be used; try --private, which probes it and falls back to emulation.';
  return '"labgen up" goes on from here; "labgen down" takes away what is there.';
}

/** Runs Vagrant's own provisioning, which falls back to the guests where this machine has no Ansible. */
export async function provisionByVagrant(place: VagrantPlace, onLine: (line: string) => void): Promise<void> {
  const outcome = await place.run({ argv: ['vagrant', 'provision', '--no-color'], cwd: place.folder, env: place.env, ownGroup: true, timeoutMs: 60 * 60_000 }, onLine, place.interrupt);
  if (place.interrupt.aborted) throw new Failure(130, 'interrupted during the play');
  if (outcome.code !== 0) throw new Failure(1, new CommandFailed(outcome, 'the play failed').message);
}

/** Takes all machines away. */
export async function destroy(place: VagrantPlace, onLine: (line: string) => void): Promise<void> {
  const outcome = await place.run({ argv: ['vagrant', 'destroy', '-f', '--no-color'], cwd: place.folder, env: place.env, ownGroup: true, timeoutMs: 15 * 60_000 }, onLine, place.interrupt);
  if (place.interrupt.aborted) throw new Failure(130, 'interrupted while the nodes were being taken away', '"labgen down" goes on from here.');
  if (outcome.code !== 0) throw new Failure(3, new CommandFailed(outcome, 'not all machines could be taken away').message, '"labgen down" goes on from here.');
}

export interface MachineState {
  readonly node: string;
  /** Vagrant's word: running, poweroff, not_created … */
  readonly state: string;
}

export async function machineStates(place: VagrantPlace): Promise<readonly MachineState[]> {
  const outcome = await place.run({ argv: ['vagrant', 'status', '--machine-readable'], cwd: place.folder, env: place.env, timeoutMs: 120_000 }, undefined, place.interrupt);
  if (outcome.code !== 0) throw new Failure(3, new CommandFailed(outcome, 'Vagrant could not tell the state of the nodes').message);
  return parseStates(outcome.stdout);
}

/** Lines are `timestamp,machine,type,data`; source: Vagrant's documentation of machine-readable output. */
export function parseStates(text: string): readonly MachineState[] {
  return text.split('\n').flatMap((line) => {
    const [, node, type, state] = line.trim().split(',');
    return type === 'state' && node !== undefined && state !== undefined ? [{ node, state }] : [];
  });
}
