/**
 * Nodes in trouble, on real machines: one that never boots, one whose SSH hangs, a play that fails on one, a dockerd that
 * does not start. Each comes to an end, tells its reason in the node's own words, and how the other node is; then `down`
 * leaves nothing. Needs root and what labs need; the short version with stand-ins for the tools is spec/cli/trouble.spec.ts.
 */
import { existsSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../../generator/drivers/run-command.js';
import { findEngine } from '../../generator/engine/private-engine.js';
import { remove } from '../../generator/write/files.js';
import type { Figures } from './figures.js';
import { buildProgram } from './program.js';
import { RealRuns, type Told } from './real-runs.js';

export const title = 'Troubles: nodes that never boot or hang, plays that fail, on real machines';

const CHECKS = 'checks:\n  - command: { node: n1, run: "true" }\n  - command: { node: n2, run: "true" }\n';

interface Trouble {
  readonly name: string;
  /** All but the checks. */
  readonly lab: string;
  /** What was said in it, and what was not as it should be. */
  has(runs: RealRuns): Promise<readonly string[]>;
}

const TROUBLES: readonly Trouble[] = [
  {
    name: 'a dockerd that does not start',
    lab: 'nodes:\n  n1: { docker: { flags: ["--no-such-flag"] } }\n  n2: {}\n',
    has: async (runs) => missing(await runs.run(runs.up()), 1, [/the play failed on n1\n/, /docker\.service on n1 said last:\n[^]*unknown flag: --no-such-flag/, /n2: ok=\d+.*: nothing failed there/]),
  },
  {
    name: 'a play that fails on one node',
    lab: 'nodes:\n  n1: {}\n  n2: {}\ncontainers:\n  c1: { node: n1, image: "127.0.0.1:9/nothing" }\n',
    has: async (runs) => missing(await runs.run(runs.up()), 1, [/the play failed on n1\n/, /127\.0\.0\.1:9[^]*connection refused/, /n2: ok=\d+.*: nothing failed there/]),
  },
  {
    name: 'a node that never boots',
    lab: 'nodes:\n  n1: { docker: false }\n  n2: { docker: false }\n',
    async has(runs) {
      const up = runs.run([...runs.up(), '--limit', 'boot=40s']);
      // As soon as it is there, nothing in it goes on.
      await onNode(runs, 'n1', (container) => ['pause', container]);
      return missing(await up, 3, [/the phase "boot" did not end within 40 s\n/, /\n {2}n1: /, /\n {2}n2: running/, /--limit boot=TIME gives it longer/]);
    },
  },
  {
    name: 'SSH that hangs',
    lab: 'nodes:\n  n1: { docker: false }\n  n2: { docker: false }\n',
    async has(runs) {
      const wrong = [...missing(await runs.run(runs.up()), 0, [/ 0 failed, 0 not run/])];
      const verify = ['verify', '-o', runs.folder];
      await onNode(runs, 'n1', (container) => ['exec', container, 'pkill', '-STOP', '-o', '-x', 'sshd']);
      wrong.push(...missing(await runs.run(verify), 3, [/not run +command n1 true/, /passed +command n2 true/, /n1[^\n]*(?:no answer|did not answer|not reach|cannot be reached|Timed out)/i]));
      await onNode(runs, 'n1', (container) => ['exec', container, 'pkill', '-CONT', '-o', '-x', 'sshd']);
      wrong.push(...missing(await runs.run(verify), 0, [/ 0 failed, 0 not run/]));
      return wrong;
    },
  },
];

/** At 1 and below the first one only. @throws where one was not told, or something is left. */
export async function torture(scale: number, say: (line: string) => void): Promise<Figures> {
  const work = realpathSync(mkdtempSync(join(tmpdir(), 'labgen-torture-')));
  const troubles = scale > 1 ? TROUBLES : TROUBLES.slice(0, 1);
  const wrong: string[] = [];
  const figures = { troubles: 0, told: 0, leftovers: 0 };
  try {
    const program = await buildProgram(join(work, 'program'));
    const lab = join(work, 'lab.yaml');
    for (const [index, each] of troubles.entries()) {
      writeFileSync(lab, `lab: troubled\n${each.lab}${CHECKS}`);
      const runs = new RealRuns(program, join(work, `runs-${index}`), lab);
      const begun = Date.now();
      const found = [...(await each.has(runs).catch((error: Error) => [error.message]))];
      found.push(...missing(await runs.insist(runs.down()), 0, []));
      const left = await runs.left();
      figures.troubles++;
      if (found.length === 0) figures.told++;
      figures.leftovers += left.length;
      found.push(...left.map((what) => `left: ${what}`));
      runs.clear();
      say(`${each.name}: ${found.length === 0 ? `told after ${Math.round((Date.now() - begun) / 1000)} s with down, nothing left` : 'WRONG'}`);
      wrong.push(...found.map((what) => `${each.name}: ${what}`));
    }
  } finally {
    remove(work);
  }
  if (wrong.length > 0) throw new Error(`\n${wrong.join('\n')}`);
  return { ...figures };
}

/** What is not as it should be in what was said. */
function missing({ code, said }: Told, wanted: number, patterns: readonly RegExp[]): readonly string[] {
  const unsaid = patterns.filter((pattern) => !pattern.test(said)).map(String);
  return code === wanted && unsaid.length === 0 ? [] : [`exit ${code} instead of ${wanted}; not said: ${unsaid.join(', ') || 'nothing'}\n${said.trim().split('\n').slice(-30).map((line) => `      ${line}`).join('\n')}`];
}

/** Asks the lab's own engine for something, as soon as that has the node. @throws where it never does, or the order fails. */
async function onNode(runs: RealRuns, node: string, order: (container: string) => readonly string[]): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    const engine = existsSync(runs.folder) ? await findEngine(realpathSync(runs.folder)) : undefined;
    if (engine) {
      const docker = (words: readonly string[]) => runCommand({ argv: [...engine.enter, 'docker', ...words], cwd: '/', env: engine.env });
      const [container] = (await docker(['ps', '--quiet', '--filter', `name=_${node}_`])).stdout.split('\n').filter(Boolean);
      if (container !== undefined) {
        const { code, stderr } = await docker(order(container));
        if (code !== 0) throw new Error(`${node}: ${order(container).join(' ')}: ${stderr.trim()}`);
        return;
      }
    }
    await sleep(100);
  }
  throw new Error(`${node} was never there`);
}
