/** The fake vagrant, ansible-playbook and docker of spec/fixtures/bin on PATH, alone with a few plain tools. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { noteChecksum } from '../../generator/box/checksum.js';
import { boxPaths } from '../../generator/box/recipe.js';
import { root } from './context.js';

export const LAB = 'lab: small\nnodes:\n  n1: { docker: false }\nchecks:\n  - command: { node: n1, run: "true" }\n';

const TOOLS = ['sh', 'sleep', 'mkdir', 'rm', 'cat', 'env'];

export class Fakes {
  readonly folder = mkdtempSync(join(tmpdir(), 'labgen-fakes-'));
  /** The rendered folder. */
  readonly lab = join(this.folder, 'lab');
  private readonly before = { ...process.env };

  /** Puts them on PATH; `end` puts everything back. */
  constructor(programs: readonly string[] = ['vagrant', 'ansible-playbook', 'docker']) {
    for (const name of ['lab/.labgen', 'fake/answers', 'bin', 'home']) mkdirSync(join(this.folder, name), { recursive: true });
    for (const name of programs) cpSync(join(root, 'spec/fixtures/bin', name), join(this.folder, 'bin', name));
    cpSync(join(root, 'spec/fixtures/fake.sh'), join(this.folder, 'fake.sh'));
    for (const tool of TOOLS) symlinkSync(existsSync(`/bin/${tool}`) ? `/bin/${tool}` : `/usr/bin/${tool}`, join(this.folder, 'bin', tool));
    Object.assign(process.env, { PATH: join(this.folder, 'bin'), HOME: join(this.folder, 'home'), LABGEN_FAKE: join(this.folder, 'fake'), LABGEN_HOME_CACHE: join(this.folder, 'cache') });
    for (const name of ['VAGRANT_HOME', 'LABGEN_ENGINE', 'LABGEN_PROVIDER', 'LABGEN_PLAY']) delete process.env[name];
  }

  /** A lab of one node, and the settings a fake `vagrant up` leaves for it. */
  prepareLab(port = 1, key = '', hostKey = ''): void {
    this.put('key', key);
    chmodSync(join(this.folder, 'fake/key'), 0o600);
    this.put('known_hosts', `n1 ${hostKey} id-of-n1\n`);
    this.put('ssh-config', `Host n1\n  HostName 127.0.0.1\n  Port ${port}\n  User nobody\n  IdentityFile ${join(this.lab, '.vagrant/machines/n1/private_key')}\n  HostKeyAlias n1\n  UserKnownHostsFile ${join(this.lab, '.labgen/known_hosts')}\n`);
    writeFileSync(join(this.folder, 'lab.yaml'), LAB);
  }

  /** A node image that is built already: the phase "box" has something to load. Its path is returned. */
  prepareBox(): string {
    const { tar } = boxPaths(process.env['LABGEN_HOME_CACHE'] ?? '', join(root, 'templates/box'));
    mkdirSync(dirname(tar), { recursive: true });
    writeFileSync(tar, 'an image');
    noteChecksum(tar, createHash('sha256').update('an image').digest('hex'));
    return tar;
  }

  /** Shell words a fake runs instead of, or before, its usual answer: `vagrant-up`, `ansible-playbook-site.yml`. */
  answer(call: string, script: string): void {
    writeFileSync(join(this.folder, 'fake/answers', call), `${script}\n`);
  }

  /** From now on the usual answer again. */
  usual(call: string): void {
    rmSync(join(this.folder, 'fake/answers', call), { force: true });
    rmSync(join(this.folder, 'fake/release'), { force: true });
  }

  put(name: string, content: string): void {
    writeFileSync(join(this.folder, 'fake', name), content);
  }

  /** Lets go whoever holds. */
  release(): void {
    this.put('release', '');
  }

  log(): string {
    try {
      return readFileSync(join(this.folder, 'fake/log'), 'utf8');
    } catch {
      return '';
    }
  }

  /** What was called, without numbers that change: `vagrant up --provider=docker --no-color`. */
  calls(): readonly string[] {
    return [...this.log().matchAll(/^call .* config=\S* (.*)$/gm)].map((match) => match[1] ?? '');
  }

  /** Waits for a line of the log; two minutes at most. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (let tries = 0; tries < 6000; tries++) {
      const match = pattern.exec(this.log());
      if (match) return match;
      await sleep(20);
    }
    assert.fail(`never seen: ${String(pattern)} in\n${this.log()}`);
  }

  end(): void {
    this.release();
    for (const name of Object.keys(process.env)) if (!(name in this.before)) delete process.env[name];
    Object.assign(process.env, this.before);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A zombie counts as ended: whoever inherited it may not have buried it yet. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Comes back when a process is no more; fails where it stays for a minute. */
export async function hasEnded(pid: number): Promise<void> {
  for (let tries = 0; isAlive(pid); tries++) {
    assert.ok(tries < 3000, `process ${pid} goes on`);
    await sleep(20);
  }
}
