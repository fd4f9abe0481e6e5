/**
 * `npm run bench`: each figure is a ratio within one run, so that a slow or busy machine does not decide it.
 * Medians of whole processes; exits 1 where a limit is passed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const labgen = join(root, 'dist', 'labgen.cjs');
const work = mkdtempSync(join(tmpdir(), 'labgen-bench-'));
const hook = join(work, 'memory.cjs');
writeFileSync(hook, "process.on('exit', () => require('node:fs').writeFileSync(process.env.LABGEN_BENCH_MEMORY, String(process.resourceUsage().maxRSS)));");

/** Milliseconds of one process. */
function time(argv: readonly string[], env: Record<string, string> = {}): number {
  const started = process.hrtime.bigint();
  const result = spawnSync(process.execPath, argv, { cwd: work, env: { ...process.env, ...env }, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${argv.join(' ')} ended with ${String(result.status)}:\n${result.stderr}`);
  return Number(process.hrtime.bigint() - started) / 1e6;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
let folders = 0;
const fresh = (): string => join(work, `out-${folders++}`);

const results: { readonly what: string; readonly value: number; readonly limit: number; readonly detail: string }[] = [];
const report = (what: string, value: number, limit: number, detail: string): void => {
  results.push({ what, value, limit, detail });
  console.log(`${value <= limit ? '✓' : '✗'} ${what}: ${value.toFixed(2)} (limit ${limit})  ${detail}`);
};

try {
  const pairs = Array.from({ length: 21 }, () => ({ node: time(['-e', '0']), render: time([labgen, 'render', 'gre', '-o', fresh()]) }));
  const [bare, render] = [median(pairs.map((pair) => pair.node)), median(pairs.map((pair) => pair.render))];
  report('labgen render gre / node -e 0', render / bare, 1.8, `${render.toFixed(0)} ms / ${bare.toFixed(0)} ms`);

  // Each node written out, with a container and a firewall rule, so that every part of a lab grows with it.
  const lab = (count: number): string => {
    const path = join(work, `nodes-${count}.yaml`);
    const nodes = Array.from({ length: count }, (_, index) => `  n${index + 1}: {}`).join('\n');
    const containers = Array.from({ length: count }, (_, index) => `  c${index + 1}: { node: n${index + 1} }`).join('\n');
    writeFileSync(path, `lab: bench\nnetworks: { lan: { subnet: 10.128.0.0/16 } }\nnodes:\n${nodes}\ncontainers:\n${containers}\n`);
    return path;
  };
  const costs = [1000, 10_000].map((count) => {
    const path = lab(count);
    const folder = fresh();
    const memory = join(work, `memory-${count}`);
    const first = time(['--require', hook, labgen, 'render', path, '-o', folder], { LABGEN_BENCH_MEMORY: memory });
    const second = count === 1000 ? median([1, 2, 3].map(() => time([labgen, 'render', path, '-o', folder]))) : 0;
    const firsts = count === 1000 ? median([first, ...[1, 2].map(() => time([labgen, 'render', path, '-o', fresh()]))]) : first;
    return { count, first: firsts, second, perNode: (firsts - bare) / count, memory: Number(readFileSync(memory, 'utf8')) / 1024 };
  });
  const [small, large] = costs as [(typeof costs)[0], (typeof costs)[0]];
  report('cost of a node, 10,000 nodes / 1,000 nodes', large.perNode / small.perNode, 1.2, `${large.perNode.toFixed(2)} ms / ${small.perNode.toFixed(2)} ms`);
  report('memory of 10,000 nodes, MB', large.memory, 500, '');
  report('second render / first, 1,000 nodes', small.second / small.first, 0.6, `${small.second.toFixed(0)} ms / ${small.first.toFixed(0)} ms`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = results.some((result) => result.value > result.limit) ? 1 : 0;
