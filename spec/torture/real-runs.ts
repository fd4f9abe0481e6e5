/** A real lab on real machines, brought up and taken away by a labgen that is a process, and all that it could leave on the machine. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../../generator/drivers/run-command.js';
import { engineCgroups } from '../../generator/engine/cgroups.js';
import { dataDirOf, engineId, PLACES, realFolder, runDirOf } from '../../generator/engine/places.js';
import type { PrivateEngine } from '../../generator/engine/private-engine.js';
import { survivors } from '../../generator/engine/survivors.js';
import { LOCK } from '../../generator/write/lock.js';
import { remove } from '../../generator/write/files.js';

export type End = 'Ctrl-C' | 'kill -9' | 'kill -9 of the outer one' | 'a lost terminal';

export interface Told {
  readonly code: number | null;
  readonly said: string;
  /** What had been said when it was struck; undefined where it was not, as it had ended by then. */
  readonly struckAt?: string;
}

/** How and when a run is ended. */
export interface Strike {
  readonly how: End;
  /** What is said as the phase begins. */
  readonly when: RegExp;
  readonly afterMs: number;
  /** Makes it say so before a path that ends like this goes, and wait: no phase is too short to be struck then. */
  readonly hold?: { readonly path: string; readonly ms: number };
}

const MARK = 'LABGEN_TORTURE';

export class RealRuns {
  readonly folder: string;
  private readonly id = `${process.pid}-${Date.now()}`;
  private readonly before = mounts();
  private readonly home: string;

  /** `users`: an engine that is to labgen what a user's own is; else each lab gets a private one. */
  constructor(private readonly program: string, work: string, private readonly lab: string, private readonly users?: PrivateEngine) {
    this.folder = join(work, 'lab');
    this.home = join(work, 'home');
    for (const name of ['tmp', 'cache']) mkdirSync(join(this.home, name), { recursive: true });
    // The node images are shared; which folders labs ran in is each one's own, so that doctor tells of these alone.
    symlinkSync(join(process.env['LABGEN_HOME_CACHE'] ?? join(homedir(), '.cache/labgen'), 'boxes'), join(this.home, 'cache/boxes'));
  }

  /** Whose it is, in words. */
  get engine(): string {
    return this.users ? `user's ${this.users.kind} engine` : 'private engine';
  }

  up = (): readonly string[] => ['up', this.lab, '-o', this.folder, ...(this.users ? ['--provider', this.users.kind] : ['--private'])];
  down = (): readonly string[] => ['down', '-o', this.folder];

  run(args: readonly string[], end?: Strike): Promise<Told> {
    const words = [process.execPath, ...(end?.hold === undefined ? [] : ['--require', join(this.program, '../../dying.cjs')]), this.program, ...args];
    const terminal = end?.how === 'a lost terminal';
    const own = terminal ? ['script', '-qefc', words.join(' '), '/dev/null'] : words;
    const [command = '', ...rest] = [...(this.users?.enter ?? []), ...own];
    const { LABGEN_ENGINE: _, ...users } = this.users?.env ?? {};
    const env = { ...process.env, ...users, TMPDIR: join(this.home, 'tmp'), VAGRANT_HOME: join(this.home, 'vagrant.d'), LABGEN_HOME_CACHE: join(this.home, 'cache'), [MARK]: this.id, ...(end?.hold !== undefined && { LABGEN_DYING: JSON.stringify({ hold: end.hold }) }) };
    const child = spawn(command, rest, { cwd: join(this.home, '..'), detached: true, env, stdio: [terminal ? 'pipe' : 'ignore', 'pipe', 'pipe'] });
    let said = '';
    let struckAt: string | undefined;
    let ended = false;
    const strike = (): void => {
      if (ended) return;
      ended = true;
      setTimeout(() => {
        // Not through the door of the user's engine: who went in is struck.
        const target = this.users ? innermost(child.pid ?? 0, own[0] ?? '') : (child.pid ?? 0);
        try {
          if (end?.how === 'Ctrl-C') process.kill(-(child.pid ?? 0), 'SIGINT');
          else if (end?.how === 'kill -9') process.kill(-(child.pid ?? 0), 'SIGKILL');
          else process.kill(target, 'SIGKILL');
          if (child.exitCode === null && child.signalCode === null) struckAt = said;
        } catch {
          // It had ended by then.
        }
      }, end?.afterMs);
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        // A terminal's living line, and colours.
        said += chunk.toString().replaceAll(/\r\u001b\[2K|\r/g, '\n').replaceAll(/\u001b\[[\d;]*m/g, '');
        if (end?.when.test(said) === true) strike();
      });
    }
    return new Promise((done, fail) => {
      child.once('error', fail);
      // Not `close`: what it started may hold the pipes for as long as it lives.
      child.once('exit', (code) => setTimeout(() => done({ code, said, ...(struckAt !== undefined && { struckAt }) }), 100));
    });
  }

  /**
   * The same, and where another labgen is still at work, it is interrupted as labgen advises, and its end is waited for.
   * Inside a user's engine pids are other ones than here; there it is only waited for.
   */
  async insist(args: readonly string[]): Promise<Told> {
    for (let tries = 0; ; tries++) {
      const told = await this.run(args);
      const [, pid] = /another labgen is at work .*: process (\d+)/.exec(told.said) ?? [];
      if (pid === undefined || tries >= 60) return told;
      if (tries === 0 && !this.users) interrupt(Number(pid));
      await sleep(1000);
    }
  }

  /** The folder is gone without a `down`; `doctor --clean` has to find what was the lab's by what it bears itself. */
  async loseFolder(): Promise<Told> {
    remove(this.folder);
    await this.refuseOthers();
    return this.run(['doctor', '--clean']);
  }

  /** @throws where doctor --clean would take away what other runs left on this machine as well. */
  async refuseOthers(): Promise<void> {
    const { said } = await this.run(['doctor', '--format', 'json']);
    const { leftovers } = JSON.parse(said) as { readonly leftovers: readonly { readonly folder: string; readonly what: string }[] };
    const others = leftovers.filter(({ folder }) => folder !== this.folder).map(({ folder, what }) => `${folder}: ${what}`);
    if (others.length > 0) throw new Error(`other runs left something here; look at it, and take it away by "labgen doctor --clean" first: ${others.join('; ')}`);
  }

  /** Everything a run could leave, in words. */
  async left(): Promise<readonly string[]> {
    const id = engineId(realFolder(this.folder), 'docker');
    // What ends by itself has a moment for it.
    for (let tries = 0; tries < 100 && survivors(PLACES, { [MARK]: this.id }).length > 0; tries++) await sleep(100);
    const found = survivors(PLACES, { [MARK]: this.id }).map(({ pid }) => `process ${pid}: ${commandOf(pid)}`);
    found.push(...[runDirOf(PLACES, id), dataDirOf(PLACES, id), ...engineCgroups(PLACES, id)].filter((path) => existsSync(path)));
    found.push(...[LOCK, '.vagrant', '.labgen/ssh-config', '.labgen/known_hosts'].map((path) => join(this.folder, path)).filter((path) => existsSync(path)));
    found.push(...mounts().filter((mount) => !this.before.includes(mount) && mount.includes('labgen')).map((mount) => `mount ${mount}`));
    found.push(...readdirSync(join(this.home, 'tmp')).map((name) => `temporary ${name}`));
    const index = join(this.home, 'vagrant.d/data/machine-index/index');
    if (existsSync(index) && Object.keys((JSON.parse(readFileSync(index, 'utf8')) as { machines?: object }).machines ?? {}).length > 0) found.push("machines in Vagrant's index");
    if (this.users) found.push(...(await onEngine(this.users)));
    return found;
  }

  /** For the next one; what was found is counted by then. */
  clear(): void {
    for (const { pid } of survivors(PLACES, { [MARK]: this.id })) process.kill(pid, 'SIGKILL');
    remove(this.folder);
    for (const name of readdirSync(join(this.home, 'tmp'))) remove(join(this.home, 'tmp', name));
  }
}

function interrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    // It has just ended.
  }
}

function mounts(): readonly string[] {
  return readFileSync('/proc/self/mounts', 'utf8').split('\n').map((line) => line.split(' ').slice(0, 3).join(' '));
}

function commandOf(pid: number): string {
  try {
    return `${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()} (${readlinkSync(`/proc/${pid}/ns/net`)})`;
  } catch {
    return 'just gone';
  }
}

/** Below a process, the nearest that runs this program. */
function innermost(pid: number, program: string): number {
  for (let at = [pid]; at.length > 0; ) {
    const right = at.find((each) => commandOf(each).startsWith(program));
    if (right !== undefined) return right;
    at = at.flatMap((each) => {
      try {
        return readFileSync(`/proc/${each}/task/${each}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
      } catch {
        return [];
      }
    });
  }
  return pid;
}

/** All that is on a user's engine, but for what belongs to the engine itself, and what Vagrant keeps for the next machine. */
async function onEngine({ kind, enter, env }: PrivateEngine): Promise<readonly string[]> {
  const ask = async (...argv: string[]): Promise<readonly string[]> => (await runCommand({ argv: [...enter, ...argv], cwd: '/', env })).stdout.split('\n').map((line) => line.trim()).filter(Boolean);
  if (kind === 'docker') {
    const networks = (await ask('docker', 'network', 'ls', '--format', '{{.Name}}')).filter((name) => !['bridge', 'host', 'none'].includes(name));
    return [...(await ask('docker', 'ps', '-aq')).map((each) => `container ${each}`), ...(await ask('docker', 'volume', 'ls', '-q')).map((each) => `volume ${each}`), ...networks.map((name) => `network ${name}`)];
  }
  const virsh = (...words: string[]): Promise<readonly string[]> => ask('virsh', '--connect', 'qemu:///system', '--quiet', ...words);
  const volumes = (await virsh('vol-list', '--pool', 'default')).flatMap((line) => line.split(/\s+/)[0] ?? []).filter((name) => !name.includes('_vagrant_box_image_'));
  const networks = (await virsh('net-list', '--all', '--name')).filter((name) => !['default', 'vagrant-libvirt'].includes(name));
  return [...(await virsh('list', '--all', '--name')).map((name) => `domain ${name}`), ...volumes.map((name) => `volume ${name}`), ...networks.map((name) => `network ${name}`)];
}
