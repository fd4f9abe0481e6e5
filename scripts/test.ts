/** `npm test`: build, types, lint, mocha, in this order, all of them always; ends with `N passed, N failed`. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureRequirements } from './requirements.js';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Count {
  readonly passed: number;
  readonly failed: number;
}

interface Step {
  readonly name: string;
  /** Words after `node`. */
  readonly argv: readonly string[];
  count(code: number | null, output: string): Count;
}

const one = (code: number | null): Count => (code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
const bin = (path: string): string => join(root, 'node_modules', path);

/** Spec files at once: they mostly wait for processes. More than this and the probes' time limits are felt. */
function jobs(): number {
  return Math.max(2, Math.min(availableParallelism(), 4));
}

const STEPS: readonly Step[] = [
  { name: 'build', argv: ['--import', 'tsx', 'scripts/build.ts'], count: one },
  { name: 'types', argv: [bin('typescript/bin/tsc'), '--noEmit'], count: one },
  // What runs in a browser knows other globals.
  { name: 'types of the page', argv: [bin('typescript/bin/tsc'), '--noEmit', '-p', 'page'], count: one },
  { name: 'lint', argv: [bin('eslint/bin/eslint.js'), '--max-warnings', '0', '.'], count: one },
  { name: 'mocha', argv: [bin('mocha/bin/mocha.js'), '--reporter', 'spec', '--no-color', '--parallel', '--jobs', String(jobs())], count: mochaCount },
];

/** The totals mocha prints last. A run that ended without them, or badly without a failure, counts as failed. */
function mochaCount(code: number | null, output: string): Count {
  const last = (word: string): number => Number([...output.matchAll(new RegExp(`^ {2}(\\d+) ${word}`, 'gm'))].at(-1)?.[1] ?? 0);
  const [passed, failed, pending] = [last('passing'), last('failing'), last('pending')];
  const bad = failed + pending;
  return { passed, failed: bad === 0 && (code !== 0 || passed === 0) ? 1 : bad };
}

function runStep(step: Step): Promise<Count> {
  return new Promise((done) => {
    const child = spawn(process.execPath, step.argv, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      process.stdout.write(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => process.stderr.write(chunk));
    child.on('error', (error) => {
      console.error(error.message);
      done({ passed: 0, failed: 1 });
    });
    child.on('close', (code) => done(step.count(code, output)));
  });
}

if (!existsSync(join(root, 'node_modules'))) {
  console.error('There is no node_modules here. Run first: npm ci');
  process.exit(3);
}
ensureRequirements(['test', 'labs', 'box']);

let passed = 0;
let failed = 0;
for (const step of STEPS) {
  const started = Date.now();
  console.log(`== ${step.name}`);
  const count = await runStep(step);
  passed += count.passed;
  failed += count.failed;
  console.log(`== ${step.name}: ${count.failed === 0 ? 'passed' : 'FAILED'} after ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
