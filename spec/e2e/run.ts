/**
 * `npm run e2e -- LAB[@PROVIDER] … | all`: real machines. For each lab: every stage up and verified, a play that
 * changes nothing, dockerd restarted (with pipework each container, too), all nodes rebooted, each kind of check turned red by a mutation, everything
 * taken away. Prints a table and, at the end, `N passed, N failed`; writes out/e2e.json.
 *
 *   --plain             `labgen render` and a plain `vagrant up` instead of `labgen up`, then verify
 *   --without-ansible   the same, on a machine that has no Ansible: the last node plays for all
 *   --all-mutations     break every check instead of one of each kind
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readAssets } from '../../generator/cli/read-assets.js';
import { runCommand } from '../../generator/drivers/run-command.js';
import { findEngine } from '../../generator/engine/private-engine.js';
import { validateLab, wantedAssets } from '../../generator/plan/pipeline.js';
import type { Lab } from '../../generator/model/lab.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const labgen = join(root, 'dist', 'labgen.cjs');
const words = process.argv.slice(2);
const shipped = readdirSync(join(root, 'labs')).filter((name) => name.endsWith('.yaml')).map((name) => name.slice(0, -5));
const all = words.includes('--all-mutations') ? ['--all'] : [];
const withoutAnsible = words.includes('--without-ansible');
const plain = withoutAnsible || words.includes('--plain');
const wanted = words.filter((word) => !word.startsWith('--')).flatMap((word) => (word === 'all' ? shipped : [word]));
if (wanted.length === 0) {
  console.error(`usage: npm run e2e -- LAB[@PROVIDER] … | all [--all-mutations] [--plain | --without-ansible]\nlabs: ${shipped.join(', ')}`);
  process.exit(2);
}

interface Step {
  readonly name: string;
  readonly good: boolean;
  readonly seconds: number;
  readonly summary: string;
}

interface Ran {
  readonly lab: string;
  readonly provider: string;
  readonly steps: readonly Step[];
  readonly checks: { passed: number; failed: number; notRun: number };
  readonly mutations: string;
  readonly seconds: number;
}

/** Runs a command and shows what it prints as it comes. */
async function show(argv: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<{ code: number | undefined; text: string }> {
  const outcome = await runCommand({ argv, cwd, env, timeoutMs: 40 * 60_000 }, (line) => console.log(`    ${line.slice(0, 400)}`));
  return { code: outcome.code, text: `${outcome.stdout}\n${outcome.stderr}` };
}

async function runLab(word: string): Promise<Ran> {
  const [given = '', provider] = word.split('@');
  const path = given.includes('/') ? join(root, given) : join(root, 'labs', `${given}.yaml`);
  const text = readFileSync(path, 'utf8');
  const validated = validateLab(path, text, [], readAssets(wantedAssets(path, text), dirname(path)));
  const lab = [...validated.labs.values()].at(-1) as Lab;
  const folder = mkdtempSync(join(tmpdir(), `labgen-e2e-${lab.name}-`));
  const started = Date.now();
  const steps: Step[] = [];
  const checks = { passed: 0, failed: 0, notRun: 0 };
  let mutations = '–';
  let used = provider ?? '?';
  const step = async (name: string, action: () => Promise<{ good: boolean; summary: string }>): Promise<boolean> => {
    console.log(`\n▶ ${word}: ${name}`);
    const begun = Date.now();
    let result: { good: boolean; summary: string };
    try {
      result = await action();
    } catch (error) {
      result = { good: false, summary: (error as Error).message };
    }
    steps.push({ name, ...result, seconds: (Date.now() - begun) / 1000 });
    console.log(`${result.good ? '✓' : '✗'} ${word}: ${name}: ${result.summary}`);
    return result.good;
  };
  /** Reads verify's closing line out of what was printed. */
  const judged = ({ code, text }: { code: number | undefined; text: string }): { good: boolean; summary: string } => {
    const line = [...text.matchAll(/^.*: (\d+) passed, (\d+) failed, (\d+) not run.*$/gm)].at(-1);
    if (line) {
      checks.passed += Number(line[1]);
      checks.failed += Number(line[2]);
      checks.notRun += Number(line[3]);
    }
    return { good: code === 0 && line !== undefined, summary: line?.[0].trim() ?? `exit ${String(code)}, no summary` };
  };
  const up = (stage: string | undefined) =>
    show([process.execPath, labgen, 'up', given.includes('/') ? path : given, '-o', folder, '--private', ...(stage === undefined ? [] : ['--stage', stage]), ...(provider === undefined ? [] : ['--provider', provider])], root);
  const inside = async (argv: readonly string[], env: Record<string, string> = {}) => {
    const engine = await findEngine(folder);
    if (!engine) throw new Error('the private engine is gone');
    return show([...engine.enter, ...argv], folder, { ...engine.env, VAGRANT_HOME: join(engine.dataDir, 'vagrant.d'), ...env });
  };
  const verify = async () => judged(await show([process.execPath, labgen, 'verify', '-o', folder, '--within', '180'], folder));
  try {
    if (plain) {
      await step(withoutAnsible ? 'a plain vagrant up, without Ansible here' : 'a plain vagrant up', async () => {
        const rendered = await show([process.execPath, labgen, 'render', given.includes('/') ? path : given, '-o', folder], root);
        if (rendered.code !== 0) return { good: false, summary: 'not rendered' };
        // From the cache: the play takes artifacts from the rendered folder.
        const fetched = await show([process.execPath, labgen, 'fetch', given.includes('/') ? path : given, '-o', folder], root);
        if (fetched.code !== 0) return { good: false, summary: 'not run: artifact missing' };
        // Vagrant asks "ansible-playbook --version"; this one says no.
        const hide = 'mkdir bin && printf "#!/bin/sh\\nexit 127\\n" >bin/ansible-playbook && chmod +x bin/ansible-playbook && export PATH="$PWD/bin:$PATH" && ';
        const line = `${withoutAnsible ? hide : ''}vagrant up --no-color`;
        const { code, text } = await show([process.execPath, labgen, 'shell', '-o', folder, '--private', ...(provider === undefined ? [] : ['--provider', provider]), '-c', line], root);
        used = /^provider: (\w+)/m.exec(text)?.[1] ?? used;
        const plays = [...text.matchAll(/^PLAY RECAP/gm)].length + [...text.matchAll(/: PLAY RECAP/gm)].length;
        return { good: code === 0 && plays === 1 && text.includes('provisioning from inside') === withoutAnsible, summary: `exit ${String(code)}, the play ran ${plays === 1 ? 'once' : `${plays} times`}` };
      });
      await step('verify', verify);
      return { lab: lab.name, provider: used, steps, checks, mutations, seconds: (Date.now() - started) / 1000 };
    }
    for (const stage of validated.stages.length > 0 ? validated.stages.map((each) => each.name) : [undefined]) {
      const good = await step(stage === undefined ? 'up' : `up, stage ${stage}`, async () => {
        const result = await up(stage);
        used = /^provider: (\w+)/m.exec(result.text)?.[1] ?? used;
        return judged(result);
      });
      if (!good && !existsSync(join(folder, '.labgen', 'ssh-config'))) return { lab: lab.name, provider: used, steps, checks, mutations, seconds: (Date.now() - started) / 1000 };
    }
    await step('a second play changes nothing', async () => {
      const { text } = await up(undefined);
      const line = /^play: (.*)$/m.exec(text)?.[1] ?? 'no play';
      return { good: line.includes('changed=0'), summary: line };
    });
    const hosts = lab.nodes.filter((node) => node.docker).map((node) => node.name);
    await step('verify after dockerd was restarted', async () => {
      const codes = await Promise.all(hosts.map((node) => show([process.execPath, labgen, 'exec', '-o', folder, node, 'systemctl', 'restart', 'docker'], folder)));
      if (codes.some((each) => each.code !== 0)) return { good: false, summary: 'dockerd did not restart' };
      return verify();
    });
    if (lab.pipework.length > 0) {
      // Docker knows nothing of these interfaces, so a container's own restart has to bring them back, too.
      await step('verify after all containers were restarted', async () => {
        const codes = await Promise.all(hosts.map((node) => show([process.execPath, labgen, 'exec', '-o', folder, node, 'sh', '-c', 'docker restart --time 1 $(docker ps --quiet)'], folder)));
        return codes.some((each) => each.code !== 0) ? { good: false, summary: 'the containers did not restart' } : verify();
      });
    }
    await step('verify after all nodes were rebooted', async () => {
      if (used === 'docker') {
        // systemd is stopped and started as a whole, with the node's files, volume and address kept: a reboot.
        const result = await inside(['sh', '-c', 'docker restart --time 60 $(docker ps --quiet)']);
        if (result.code !== 0) return { good: false, summary: 'the nodes did not restart' };
      } else {
        const boots = async () => Promise.all(lab.nodes.map(async (node) => (await runCommand({ argv: [process.execPath, labgen, 'exec', '-o', folder, node.name, 'cat', '/proc/sys/kernel/random/boot_id'], cwd: folder, timeoutMs: 60_000 })).stdout.trim()));
        const before = await boots();
        await Promise.all(lab.nodes.map((node) => show([process.execPath, labgen, 'exec', '-o', folder, node.name, 'systemctl', 'reboot'], folder)));
        for (let tries = 0; ; tries++) {
          await sleep(5000);
          const after = await boots();
          if (after.every((id, index) => id !== '' && id !== before[index])) break;
          if (tries > 60) return { good: false, summary: 'not all nodes came back within 5 minutes' };
        }
      }
      return verify();
    });
    await step('mutations', async () => {
      const { code, text } = await inside([process.execPath, '--import', join(root, 'node_modules/tsx/dist/loader.mjs'), join(root, 'spec/e2e/mutations.ts'), folder, ...all], { NODE_PATH: join(root, 'node_modules') });
      mutations = /^mutations caught (.*)$/m.exec(text)?.[1] ?? 'none';
      const untried = /^no mutation for the kinds: (.*)$/m.exec(text)?.[1];
      return { good: code === 0, summary: `mutations caught ${mutations}${untried === undefined ? '' : `; none here for: ${untried}`}` };
    });
    await step('verify after the mutations were mended', verify);
  } finally {
    await step('down leaves nothing', async () => {
      const engine = await findEngine(folder);
      const { code } = await show([process.execPath, labgen, 'down', '-o', folder], root);
      const left = engine ? [engine.runDir, engine.dataDir, `/proc/${engine.pid}`].filter((path) => existsSync(path)) : [];
      return { good: code === 0 && left.length === 0, summary: left.length === 0 ? 'no process, namespace, mount or file of the engine is left' : `left: ${left.join(', ')}` };
    });
    rmSync(folder, { recursive: true, force: true });
  }
  return { lab: lab.name, provider: used, steps, checks, mutations, seconds: (Date.now() - started) / 1000 };
}

const results: Ran[] = [];
for (const word of wanted) results.push(await runLab(word));

console.log('\nlab                provider  steps        checks passed/failed/not run  mutations caught  seconds');
for (const run of results) {
  const good = run.steps.filter((each) => each.good).length;
  console.log(`${run.lab.padEnd(18)} ${run.provider.padEnd(9)} ${`${good} of ${run.steps.length}`.padEnd(12)} ${`${run.checks.passed}/${run.checks.failed}/${run.checks.notRun}`.padEnd(29)} ${run.mutations.padEnd(17)} ${Math.round(run.seconds)}`);
}
const commit = (await runCommand({ argv: ['git', 'rev-parse', '--short', 'HEAD'], cwd: root })).stdout.trim();
mkdirSync(join(root, 'out'), { recursive: true });
writeFileSync(join(root, 'out', 'e2e.json'), `${JSON.stringify({ commit, command: `npm run e2e -- ${words.join(' ')}`, results }, null, 2)}\n`);
const steps = results.flatMap((run) => run.steps);
const failed = steps.filter((each) => !each.good);
for (const each of failed) console.log(`✗ ${each.name}: ${each.summary}`);
console.log(`${steps.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 || steps.length === 0 ? 1 : 0;
