/**
 * `npm run bench`: what labgen promises of its speed. Each figure is a ratio within one run, so that a slow machine does
 * not decide it, and of the quickest of several runs that take turns, so that a busy one does not either: other work
 * only ever adds time. Exits 1 where a limit is passed. Lines without a limit are for information.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const labgen = join(root, 'dist', 'labgen.cjs');
const work = mkdtempSync(join(tmpdir(), 'labgen-bench-'));
const hook = join(work, 'memory.cjs');
const memory = join(work, 'memory');
writeFileSync(hook, `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(memory)}, String(process.resourceUsage().maxRSS)));`);

/** Milliseconds of one process. */
function time(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): number {
  const started = process.hrtime.bigint();
  const result = spawnSync(process.execPath, argv, { cwd: work, env, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${argv.join(' ')} ended with ${String(result.status)}:\n${result.stderr}`);
  return Number(process.hrtime.bigint() - started) / 1e6;
}

/** The quickest run of each, in milliseconds; they take turns. */
function quickest<Name extends string>(times: number, runs: Readonly<Record<Name, () => number>>): Record<Name, number> {
  const least = {} as Record<Name, number>;
  for (let turn = 0; turn < times; turn++) for (const name of Object.keys(runs) as Name[]) least[name] = Math.min(least[name] ?? Infinity, runs[name]());
  return least;
}

let folders = 0;
/** A path no render has been to; `sweep` takes all of them away, as a big one is 80,000 files and folders. */
const fresh = (): string => join(work, 'out', String(folders++));
const sweep = (): void => rmSync(join(work, 'out'), { recursive: true, force: true });

let missed = false;
function report(what: string, value: number, detail: string, limit?: number): void {
  if (limit !== undefined && value > limit) missed = true;
  console.log(`${limit === undefined ? ' ' : value <= limit ? '✓' : '✗'} ${what}: ${value.toFixed(2)}${limit === undefined ? '' : ` (limit ${limit})`}  ${detail}`);
}
const milliseconds = (above: number, below: number): string => `${above.toFixed(0)} ms / ${below.toFixed(0)} ms`;

/** Each node written out, with a container, so that every part of a lab grows with it. */
function bigLab(count: number): string {
  const path = join(work, `nodes-${count}.yaml`);
  const lines = (line: (index: number) => string): string => Array.from({ length: count }, (_, index) => `  ${line(index + 1)}\n`).join('');
  writeFileSync(path, `lab: bench\nnetworks: { lan: { subnet: 10.128.0.0/16 } }\nnodes:\n${lines((index) => `n${index}: {}`)}containers:\n${lines((index) => `c${index}: { node: n${index} }`)}`);
  return path;
}

interface Cost {
  readonly first: number;
  readonly second: number;
  readonly megabytes: number;
}

/** A first render into a new folder and a second one over it; memory is that of the greedier. */
function cost(path: string): Cost {
  const folder = fresh();
  let megabytes = 0;
  const run = (): number => {
    const spent = time(['--require', hook, labgen, 'render', path, '-o', folder]);
    megabytes = Math.max(megabytes, Number(readFileSync(memory, 'utf8')) / 1024);
    return spent;
  };
  return { first: run(), second: run(), megabytes };
}

/** A hundred hosts in a mesh of tunnels with ten containers each: over a million questions. */
function meshLab(): string {
  const path = join(work, 'mesh.yaml');
  const containers = Array.from({ length: 10 }, (_, index) => `  c${index}: { node: host${index === 0 ? ', command: [httpd, -f]' : ''} }\n`).join('');
  writeFileSync(path, `lab: mesh\nnetworks: { lan: { subnet: 10.200.0.0/16 } }\nnodes: { host: { count: 100 } }\ntunnels: { mesh: { kind: vxlan, ends: [host], carries: docker } }\ncontainers:\n${containers}`);
  return path;
}

/** A shipped lab's text with one more line: thinking of it was not done by the build. */
function ownLab(name: string): string {
  const folder = join(work, 'labs');
  // With what it brings along.
  cpSync(join(root, 'labs'), folder, { recursive: true });
  const path = join(folder, `${name}.yaml`);
  appendFileSync(path, '\n');
  return path;
}

/** Every shipped lab, predicted and rendered, both thought anew: milliseconds of each, summed. */
function shipped(): { readonly predict: number; readonly render: number } {
  const labs = readdirSync(join(root, 'labs')).filter((file) => file.endsWith('.yaml')).map((file) => file.slice(0, -5));
  const sums = { predict: 0, render: 0 };
  for (const lab of labs) {
    const path = ownLab(lab);
    const spent = quickest(5, { predict: () => time([labgen, 'predict', path, '--format', 'json']), render: () => time([labgen, 'render', path, '-o', fresh()]) });
    sums.predict += spent.predict;
    sums.render += spent.render;
  }
  return sums;
}

function best(costs: readonly Cost[]): Cost {
  return { first: Math.min(...costs.map((each) => each.first)), second: Math.min(...costs.map((each) => each.second)), megabytes: Math.max(...costs.map((each) => each.megabytes)) };
}

try {
  const again = fresh();
  time([labgen, 'render', 'gre', '-o', again]);
  const own = ownLab('gre');
  // Node reads this bundle of certificates whenever it starts, also for -e 0: with it the ratio flatters us.
  const { NODE_EXTRA_CA_CERTS: certificates, ...plain } = process.env;
  const small = quickest(25, {
    bare: () => time(['-e', '0']),
    render: () => time([labgen, 'render', 'gre', '-o', fresh()]),
    second: () => time([labgen, 'render', 'gre', '-o', again]),
    own: () => time([labgen, 'render', own, '-o', fresh()]),
    plainBare: () => time(['-e', '0'], plain),
    plainRender: () => time([labgen, 'render', 'gre', '-o', fresh()], plain),
  });
  report('labgen render gre / node -e 0', small.render / small.bare, milliseconds(small.render, small.bare), 1.8);
  if (certificates !== undefined) report('the same without NODE_EXTRA_CA_CERTS', small.plainRender / small.plainBare, milliseconds(small.plainRender, small.plainBare), 1.8);
  report('a lab of one\'s own, as large as gre / node -e 0', small.own / small.bare, milliseconds(small.own, small.bare));
  sweep();

  const all = shipped();
  report('predict / render, all shipped labs, both thought anew', all.predict / all.render, milliseconds(all.predict, all.render), 1.5);
  sweep();
  const mesh = meshLab();
  const predicted = Math.min(...[1, 2].map(() => time(['--require', hook, labgen, 'predict', mesh])));
  report('predict 1,000 containers on 100 nodes, all pairs, s', predicted / 1000, 'ping and one port, over a mesh of 4,950 tunnels', 10);
  report('memory of that, MB', Number(readFileSync(memory, 'utf8')) / 1024, 'at its most', 1000);

  const [thousand, tenThousand] = [bigLab(1000), bigLab(10_000)];
  const costs: { readonly one: Cost[]; readonly ten: Cost[] } = { one: [], ten: [] };
  for (let turn = 0; turn < 2; turn++) {
    for (let part = 0; part < 3; part++) costs.one.push(cost(thousand));
    costs.ten.push(cost(tenThousand));
    sweep();
  }
  const [one, ten] = [best(costs.one), best(costs.ten)];
  const [perNode, perNodeOfTen] = [(one.first - small.bare) / 1000, (ten.first - small.bare) / 10_000];
  report('cost of a node, 10,000 nodes / 1,000 nodes', perNodeOfTen / perNode, `${perNodeOfTen.toFixed(2)} ms / ${perNode.toFixed(2)} ms`, 1.2);
  report('memory of 10,000 nodes, MB', ten.megabytes, 'the greedier of first and second render', 500);
  report('second render / first, 10,000 nodes', ten.second / ten.first, milliseconds(ten.second, ten.first), 0.6);
  report('second render / first, 1,000 nodes', one.second / one.first, milliseconds(one.second, one.first), 0.6);
  report('second render / first, gre', small.second / small.render, `${milliseconds(small.second, small.render)}, of which Node's own start is ${small.bare.toFixed(0)} ms`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = missed ? 1 : 0;
