/**
 * One lab on real machines, from nothing to nothing: every stage up and verified, the stages told apart, a play that
 * changes nothing, dockerd restarted (with pipework each container, too), all nodes rebooted, each kind of check turned
 * red by a mutation, everything taken away.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../generator/drivers/run-command.js';
import { findEngine } from '../../generator/engine/private-engine.js';
import type { Lab } from '../../generator/model/lab.js';
import { runBreaks, type BreakRun } from './breaks.js';
import { openDoors } from './doors.js';
import type { Counts, Ran, Step, StepState } from './results.js';
import { root, wantedLab } from './which-lab.js';

const labgen = join(root, 'dist', 'labgen.cjs');

/** How a lab is brought up; `up` is labgen's own way. */
export interface Ways {
  /** `labgen render` and a plain `vagrant up`, then verify. */
  readonly plain: boolean;
  /** The same, as on a machine that has no Ansible. */
  readonly withoutAnsible: boolean;
  /** Break every check instead of one of each kind. */
  readonly allMutations: boolean;
  /** Only the last stage, brought up and troubled. */
  readonly faults: boolean;
  /** Only the last stage, with each of its breaks made and repaired. */
  readonly breaks: boolean;
  /** Only the last stage, with packets traced on it. */
  readonly traces: boolean;
}

interface Outcome {
  readonly code: number | undefined;
  readonly text: string;
}

interface Result {
  readonly state: StepState;
  readonly summary: string;
}

const verdict = (good: boolean, summary: string): Result => ({ state: good ? 'passed' : 'failed', summary });
/** A command that hangs is ended; every fault of a swarm of emulated machines takes more than an hour. */
const LIMIT_MS = 120 * 60_000;

const MARKS: Readonly<Record<StepState, string>> = { passed: '✓', failed: '✗', 'not run': '–' };

/** `word`: LAB[@PROVIDER], where LAB is a shipped name or a path with a slash in it. */
export async function runLab(word: string, ways: Ways, say: (line: string) => void): Promise<Ran> {
  const run = new LabRun(word, say);
  try {
    await (ways.faults || ways.breaks || ways.traces ? run.lastStage(ways) : ways.plain ? run.plainly(ways.withoutAnsible) : run.wholly(ways.allMutations));
  } finally {
    await run.takeAway();
  }
  return run.result();
}

class LabRun {
  private readonly given: string;
  private readonly wish: string | undefined;
  private readonly lab: Lab;
  private readonly stages: readonly string[];
  private readonly folder: string;
  private readonly started = Date.now();
  private readonly steps: Step[] = [];
  private readonly checks: Counts = { passed: 0, failed: 0, notRun: 0 };
  private mutations = '–';
  private untried: readonly string[] = [];
  private faults: string | undefined;
  private breaks: readonly BreakRun[] | undefined;
  private provider: string;
  /** As it was found first: what is looked for when it has gone. */
  private engine: Awaited<ReturnType<typeof findEngine>>;

  constructor(
    private readonly word: string,
    private readonly say: (line: string) => void,
  ) {
    const { given, provider, lab, stages } = wantedLab(word);
    this.given = given;
    this.wish = provider;
    this.provider = provider ?? '?';
    this.lab = lab;
    this.stages = stages;
    this.folder = mkdtempSync(join(tmpdir(), `labgen-e2e-${this.lab.name}-`));
  }

  result(): Ran {
    const { lab, provider, stages, steps, checks, mutations, untried } = this;
    return { lab: lab.name, provider, nodes: lab.nodes.length, stages, steps, checks, mutations, untried, seconds: (Date.now() - this.started) / 1000, ...(this.faults !== undefined && { faults: this.faults }), ...(this.breaks !== undefined && { breaks: this.breaks }) };
  }

  async wholly(allMutations: boolean): Promise<void> {
    for (const stage of this.stages.length > 0 ? this.stages : [undefined]) {
      const state = await this.step(stage === undefined ? 'up' : `up, stage ${stage}`, async () => this.up(stage));
      if (state === 'not run' || (state === 'failed' && !existsSync(join(this.folder, '.labgen', 'ssh-config')))) return;
      if (state === 'passed') await this.step(`who reaches whom is as predicted${stage === undefined ? '' : `, stage ${stage}`}`, async () => this.matrix());
    }
    await this.step('strangers stay outside', async () => this.strangers());
    for (const stage of this.stages.slice(0, -1)) await this.step(`the checks of ${stage} fail now`, async () => this.toldApart(stage));
    await this.step('a second play changes nothing', async () => {
      const { code, text } = await this.labgenUp(undefined, '--no-verify');
      const line = /^play: (.*)$/m.exec(text)?.[1] ?? 'no play';
      return verdict(code === 0 && line.includes('changed=0'), line);
    });
    await this.step('verify after dockerd was restarted', async () => (await this.onHosts(['systemctl', 'restart', 'docker'])) ? this.verify() : verdict(false, 'dockerd did not restart'));
    if (this.lab.pipework.length > 0) {
      // Docker knows nothing of these interfaces, so a container's own restart has to bring them back, too.
      await this.step('verify after all containers were restarted', async () => (await this.onHosts(['sh', '-c', 'docker restart -t 1 $(docker ps --quiet)'])) ? this.verify() : verdict(false, 'the containers did not restart'));
    }
    await this.step('verify after all nodes were rebooted', async () => (await this.reboot()) ?? this.verify());
    await this.step('mutations', async () => this.mutate(allMutations));
    await this.step('verify after the mutations were mended', async () => this.verify());
  }

  /** What is done to the last stage while it runs. */
  async lastStage({ faults, breaks, traces }: Pick<Ways, 'faults' | 'breaks' | 'traces'>): Promise<void> {
    if ((await this.step('up', async () => this.up(undefined))) !== 'passed') return;
    if (traces) await this.step('traces', async () => this.traceAll());
    if (breaks) await this.step('breaks', async () => this.breakAll());
    if (faults) await this.step('faults', async () => this.haveFaults());
  }

  async plainly(withoutAnsible: boolean): Promise<void> {
    await this.step(withoutAnsible ? 'a plain vagrant up, without Ansible here' : 'a plain vagrant up', async () => {
      const rendered = await this.show([process.execPath, labgen, 'render', this.given, '-o', this.folder], root);
      if (rendered.code !== 0) return verdict(false, 'not rendered');
      // From the cache: the play takes artifacts from the rendered folder.
      const fetched = await this.show([process.execPath, labgen, 'fetch', this.given, '-o', this.folder], root);
      if (fetched.code !== 0) return { state: 'not run', summary: 'artifact missing' };
      // Vagrant asks "ansible-playbook --version"; this one says no.
      const hide = 'mkdir bin && printf "#!/bin/sh\\nexit 127\\n" >bin/ansible-playbook && chmod +x bin/ansible-playbook && export PATH="$PWD/bin:$PATH" && ';
      const line = `${withoutAnsible ? hide : ''}vagrant up --no-color`;
      const { code, text } = await this.show([process.execPath, labgen, 'shell', '-o', this.folder, '--private', ...this.providerWords(), '-c', line], root);
      this.noteProvider(text);
      const plays = [...text.matchAll(/^PLAY RECAP/gm)].length + [...text.matchAll(/: PLAY RECAP/gm)].length;
      return verdict(code === 0 && plays === 1 && text.includes('provisioning from inside') === withoutAnsible, `exit ${String(code)}, the play ran ${plays === 1 ? 'once' : `${plays} times`}`);
    });
    await this.step('strangers stay outside', async () => this.strangers());
    await this.step('verify', async () => this.verify());
  }

  async takeAway(): Promise<void> {
    await this.step('down leaves nothing', async () => {
      const engine = this.engine ?? (await findEngine(this.folder));
      if (!engine && this.steps.some((each) => each.state === 'not run')) return { state: 'not run', summary: 'nothing was started' };
      const { code } = await this.show([process.execPath, labgen, 'down', '-o', this.folder], root);
      if (code !== 0 || !engine) return verdict(false, engine ? `down ended with ${String(code)}; look at ${this.folder}` : 'no engine was found to look for');
      const left = [engine.runDir, engine.dataDir, `/proc/${engine.pid}`].filter((path) => existsSync(path));
      return verdict(left.length === 0, left.length === 0 ? 'no process, namespace, mount or file of the engine is left' : `left: ${left.join(', ')}`);
    });
    // What did not come down keeps the way to it.
    if (this.steps.at(-1)?.state !== 'failed') rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs a command and shows what it prints as it comes. */
  private async show(argv: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Outcome> {
    const outcome = await runCommand({ argv, cwd, env, timeoutMs: LIMIT_MS }, (line) => this.say(`    ${line.slice(0, 400)}`));
    return { code: outcome.code, text: `${outcome.stdout}\n${outcome.stderr}` };
  }

  private async step(name: string, action: () => Promise<Result>): Promise<StepState> {
    this.say(`\n▶ ${this.word}: ${name}`);
    const begun = Date.now();
    let result: Result;
    try {
      result = await action();
    } catch (error) {
      result = verdict(false, (error as Error).message);
    }
    const seconds = (Date.now() - begun) / 1000;
    this.steps.push({ name, ...result, seconds });
    this.say(`${MARKS[result.state]} ${this.word}: ${name}: ${result.summary} (${seconds.toFixed(0)} s)`);
    return result.state;
  }

  private providerWords(): readonly string[] {
    return this.wish === undefined ? [] : ['--provider', this.wish];
  }

  private noteProvider(text: string): void {
    this.provider = /^provider: (\w+)/m.exec(text)?.[1] ?? this.provider;
  }

  private async labgenUp(stage: string | undefined, ...more: readonly string[]): Promise<Outcome> {
    const outcome = await this.show([process.execPath, labgen, 'up', this.given, '-o', this.folder, '--private', ...more, ...(stage === undefined ? [] : ['--stage', stage]), ...this.providerWords()], root);
    this.noteProvider(outcome.text);
    this.engine ??= await findEngine(this.folder);
    return outcome;
  }

  private async up(stage: string | undefined): Promise<Result> {
    const outcome = await this.labgenUp(stage);
    const result = this.judged(outcome);
    const missing = /artifact missing: [^)\n]*/.exec(outcome.text)?.[0];
    return outcome.code === 3 && missing !== undefined ? { state: 'not run', summary: missing } : result;
  }

  /** After a restart: emulated nodes take minutes until all they run is there again. */
  private async verify(): Promise<Result> {
    return this.judged(await this.show([process.execPath, labgen, 'verify', '-o', this.folder, '--patience', '300'], this.folder));
  }

  private async matrix(): Promise<Result> {
    const { code, text } = await this.show([process.execPath, labgen, 'verify', '-o', this.folder, '--matrix'], this.folder);
    return verdict(code === 0, /^matrix .*$/m.exec(text)?.[0] ?? `exit ${String(code)}, no summary`);
  }

  /** Where the last stage runs, an earlier one must not pass: else its checks would not show what the stage is about. */
  private async toldApart(stage: string): Promise<Result> {
    const { code, stdout } = await runCommand({ argv: [process.execPath, labgen, 'verify', '-o', this.folder, '--stage', stage, '--within', '10', '--format', 'json'], cwd: this.folder, timeoutMs: 20 * 60_000 });
    const { checks } = JSON.parse(stdout) as { readonly checks: readonly { readonly id: string; readonly state: string }[] };
    // A check that both stages have tells nothing of the difference, whatever became of it.
    const telling = checks.filter((each) => each.state === 'failed' && !this.lab.checks.some((other) => other.id === each.id));
    for (const each of telling) this.say(`    fails, as it must: ${each.id}`);
    return verdict(code === 1 && telling.length > 0, `${telling.length} of ${checks.length} checks of ${stage} do not hold any more`);
  }

  private judged({ code, text }: Outcome): Result {
    const line = closingLine(text);
    this.checks.passed += Number(line?.[1] ?? 0);
    this.checks.failed += Number(line?.[2] ?? 0);
    this.checks.notRun += Number(line?.[3] ?? 0);
    return verdict(code === 0 && line !== undefined, line?.[0].trim() ?? `exit ${String(code)}, no summary`);
  }

  private async exec(node: string, argv: readonly string[]): Promise<Outcome> {
    return this.show([process.execPath, labgen, 'exec', '-o', this.folder, node, ...argv], this.folder);
  }

  private async strangers(): Promise<Result> {
    const engine = (this.engine ??= await findEngine(this.folder));
    if (!engine) return verdict(false, 'the private engine is gone');
    const wrong = await openDoors(this.folder, this.lab.nodes.map((node) => node.name), join(engine.dataDir, 'vagrant.d'), (argv) => this.inside(argv));
    return verdict(wrong.length === 0, wrong.length === 0 ? `each of ${this.lab.nodes.length} takes one key, its own, and has host keys of its own; the engine's sockets are root's` : wrong.join('; '));
  }

  private async onHosts(argv: readonly string[]): Promise<boolean> {
    const outcomes = await Promise.all(this.lab.nodes.filter((node) => node.docker).map((node) => this.exec(node.name, argv)));
    return outcomes.every((each) => each.code === 0);
  }

  private async inside(argv: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
    const engine = await findEngine(this.folder);
    if (!engine) throw new Error('the private engine is gone');
    return this.show([...engine.enter, ...argv], this.folder, { ...engine.env, VAGRANT_HOME: join(engine.dataDir, 'vagrant.d'), ...env });
  }

  private async traceAll(): Promise<Result> {
    const { code, text } = await this.script('traces.ts');
    return verdict(code === 0, `traces agree ${/^traces agree (.*)$/m.exec(text)?.[1] ?? 'none'}`);
  }

  private async haveFaults(): Promise<Result> {
    const { code, text } = await this.script('faults.ts');
    this.faults = /^faults survived (.*)$/m.exec(text)?.[1] ?? 'none';
    return verdict(code === 0, `faults survived ${this.faults}`);
  }

  /** Each made, told, and healed. */
  private async breakAll(): Promise<Result> {
    // In the rendered folder: no LAB is named, as a lab that is a path would be another one there.
    const runs = await runBreaks(this.lab, (...words) => runCommand({ argv: [process.execPath, labgen, words[0] ?? '', '-o', this.folder, ...words.slice(1)], cwd: this.folder, timeoutMs: LIMIT_MS }), this.say);
    this.breaks = runs;
    const healed = runs.filter((each) => each.healed).length;
    return verdict(runs.length > 0 && healed === runs.length, `breaks healed ${healed} of ${runs.length}`);
  }

  private async reboot(): Promise<Result | undefined> {
    const { code } = await this.show([process.execPath, labgen, 'fault', '-o', this.folder, 'reboot', '--all', '--wait'], this.folder);
    return code === 0 ? undefined : verdict(false, 'the nodes did not come back');
  }

  /** One of the programs beside this file, in the lab's engine. */
  private async script(name: string, ...words: readonly string[]): Promise<Outcome> {
    return this.inside([process.execPath, '--import', join(root, 'node_modules/tsx/dist/loader.mjs'), join(root, 'spec/e2e', name), this.folder, ...words], { NODE_PATH: join(root, 'node_modules') });
  }

  private async mutate(all: boolean): Promise<Result> {
    const { code, text } = await this.script('mutations.ts', ...(all ? ['--all'] : []));
    this.mutations = /^mutations caught (.*)$/m.exec(text)?.[1] ?? 'none';
    this.untried = /^no mutation for the kinds: (.*)$/m.exec(text)?.[1]?.split(', ') ?? [];
    return verdict(code === 0, `mutations caught ${this.mutations}${this.untried.length === 0 ? '' : `; none here for: ${this.untried.join(', ')}`}`);
  }
}

/** verify's own: `verify gre (open): 31 passed, 0 failed, 0 not run in 21.8 s`. */
function closingLine(text: string): RegExpMatchArray | undefined {
  return [...text.matchAll(/^.*: (\d+) passed, (\d+) failed, (\d+) not run.*$/gm)].at(-1);
}
