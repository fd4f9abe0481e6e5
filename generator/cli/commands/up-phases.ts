/** The phases of `up`, each a few steps long. */
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { buildBox, findBox, type BuiltBox } from '../../box/build.js';
import { checkBox } from '../../box/checksum.js';
import { mitogen, play, type Recap } from '../../drivers/ansible.js';
import { chooseProvider, type Choice, type Provider } from '../../drivers/choose-provider.js';
import { providerInUse } from '../../drivers/in-use.js';
import { taskOf } from '../../drivers/play-report.js';
import { readMachine, type Machine } from '../../drivers/machine.js';
import { removeOrphans } from '../../drivers/orphans.js';
import { must, runCommand } from '../../drivers/run-command.js';
import { boot, machineStates, provisionByVagrant } from '../../drivers/vagrant.js';
import { findEngine, removeLeftover, startEngine, type PrivateEngine } from '../../engine/private-engine.js';
import { Failure, type ExitCode } from '../../model/failure.js';
import type { Host } from '../../model/host.js';
import { memoryShortage } from '../../model/memory.js';
import { strictly } from '../../model/problem.js';
import { validateLab } from '../../plan/pipeline.js';
import { explainedBy, formatProblems } from '../../report/problems.js';
import { mendBeforePlay } from '../broken.js';
import type { Context } from '../context.js';
import type { OpenLab } from '../open-lab.js';
import type { Progress } from '../progress.js';
import { cacheFolder, enterEngine, NEVER, runnerOf, vagrantPlace } from '../running.js';
import { deadEngines, forgetMachines } from './down-phases.js';
import type { UpOptions } from './up.js';
import { runChecks } from './verify.js';

export interface Run {
  readonly context: Context;
  readonly options: UpOptions;
  readonly open: OpenLab;
  readonly progress: Progress;
  /** What the tools of this phase have said. */
  readonly lines: string[];
  /** Ends this phase's time limit: what follows has limits of its own. The context is one without it. */
  readonly lift: () => Context;
  readonly state: { provider?: Provider; machine?: Machine; env?: Record<string, string> };
}

/** Chooses the provider; where it needs a private engine, starts it and goes on inside it. */
export async function enginePhase(run: Run): Promise<ExitCode | undefined> {
  const { context } = run;
  if (context.env['LABGEN_ENGINE'] !== undefined) {
    run.state.provider = (context.env['LABGEN_PROVIDER'] ?? 'docker') as Provider;
    return undefined;
  }
  const engine = await chooseEngine(run);
  if (engine === undefined || context.interrupt.aborted) return undefined;
  return enterEngine(run.lift(), engine, [...context.self, ...context.args]);
}

/** The private engine this lab needs here, started; undefined where the machine's own serves. Says which, and why. */
export async function chooseEngine(run: Run): Promise<PrivateEngine | undefined> {
  const { context, options, open, progress } = run;
  progress.step('looking at this machine');
  const machine = await readMachine(runnerOf(context), context.env, context.uid);
  run.state.machine = machine;
  const inUse = providerInUse(open.folder);
  if (inUse !== undefined && options.provider !== undefined && inUse !== options.provider) throw new Failure(3, `nodes of this folder run on ${inUse}`, `Take them away first ("labgen down"), or use --provider ${inUse}.`);
  const choice = chooseProvider([...open.validated.labs.values()], machine, options.provider ?? inUse, options.private === true, options.provider === undefined ? 'because nodes of this folder run on it' : undefined);
  if ('refused' in choice) throw new Failure(3, choice.refused, choice.hint);
  run.state.provider = choice.provider;
  progress.line(`provider: ${choice.provider}, ${choice.why.join('; ') || 'which this machine has'}`);
  fitsHere(run, { provider: choice.provider, memory: machine.memory, networksConf: machine.networksConf });
  if (!choice.privateEngine) {
    if (choice.provider === 'docker' || choice.provider === 'libvirt') await refuseOverlap(run, choice);
    await forgetDeadEngines(run);
    return undefined;
  }
  // What needs the outside world is done before the engine, which has no way out.
  await prepareBox(run, choice.provider);
  const engine = await startEngine({ run: runCommand, folder: realpathSync(open.folder), kind: choice.provider as 'docker' | 'libvirt', useKvm: machine.kvm.works, log: (line) => progress.line(`engine: ${line}`) });
  progress.clear();
  return engine;
}

/**
 * What a private engine that died has left of this folder: else its nodes would be looked for on the engine that serves
 * now, and "down" would take the nodes there for gone with the dead one.
 */
async function forgetDeadEngines({ context, open, progress }: Run): Promise<void> {
  const dead = await deadEngines(open.folder);
  if (dead.length === 0) return;
  forgetMachines(open.folder);
  for (const each of dead) await removeLeftover(runnerOf(context), each.id);
  progress.line('engine: a private one of this folder died; what it left was taken away');
}

/** What only the machine and its provider make questionable. @throws Failure (exit 3) with --strict. */
function fitsHere({ context, options, open, progress }: Run, host: Host): void {
  const { file, validated } = open;
  const known = new Set(validated.problems.map((problem) => problem.code + problem.message));
  // Another stage may want more than this one, which is what runs.
  const short = memoryShortage(open.lab.nodes, host.memory ?? 0)?.message;
  const found = validateLab(file, validated.text, validated.settings, validated.assets, validated, host).problems.filter((problem) => !known.has(problem.code + problem.message) && (problem.code !== 'LG184' || problem.message === short));
  if (found.length === 0) return;
  progress.clear();
  context.err(formatProblems(strictly(found, options.strict === true), validated.texts, context.colour));
  if (options.strict === true) throw new Failure(3, `${file} does not suit this machine`, explainedBy(found));
}

/** A lab network on an address the engine's own bridge has would swallow the nodes' SSH. */
async function refuseOverlap(run: Run, choice: Choice): Promise<void> {
  if (choice.provider !== 'docker') return;
  const outcome = await runnerOf(run.context)({ argv: ['docker', 'network', 'inspect', 'bridge', '--format', '{{range .IPAM.Config}}{{.Subnet}} {{end}}'], timeoutMs: 10_000 });
  const { overlap, parseCidr } = await import('../../model/ipv4.js');
  for (const text of outcome.stdout.trim().split(/\s+/)) {
    const bridge = parseCidr(text)?.subnet;
    const clash = run.open.lab.networks.find((network) => bridge && overlap(parseCidr(network.subnet)!.subnet, bridge));
    if (clash) throw new Failure(3, `the network "${clash.name}" (${clash.subnet}) overlaps the bridge of your Docker engine (${text})`, 'Use --private: an engine of its own, whose addresses meet no lab.');
  }
}

/** The node image, made from the distribution's packages where that is possible and not done yet. */
async function prepareBox(run: Run, provider: Provider): Promise<BuiltBox | undefined> {
  const { context, progress } = run;
  const request = { cacheDir: cacheFolder(context), templatesDir: join(context.root, 'templates', 'box') };
  const format = provider === 'docker' ? 'container' : 'libvirt';
  return buildBox({ ...request, formats: [format], addToVagrant: format === 'libvirt', run: runnerOf(context), log: (line) => progress.line(`box: ${line}`) });
}

/** Gives the engine what nodes are made from. */
export async function boxPhase(run: Run): Promise<undefined> {
  const { context, state, progress } = run;
  state.env = {};
  if (state.provider !== 'docker') return undefined;
  const image = await loadNodeImage(context, progress);
  if (image !== undefined) state.env = { LABGEN_NODE_IMAGE: image };
  progress.line(image === undefined ? 'box: none built by labgen; the node image is built from node/Dockerfile' : `box: ${image}`);
  return undefined;
}

/** Puts the node image labgen built into a Docker engine: the one there is here, or one that has to be entered. */
export async function loadNodeImage(context: Context, progress: Progress, engine?: PrivateEngine): Promise<string | undefined> {
  const built = await findBox({ cacheDir: cacheFolder(context), templatesDir: join(context.root, 'templates', 'box') });
  if (!built?.container) return undefined;
  const { image, tar } = built.container;
  const docker = (...words: string[]) => ({ argv: [...(engine?.enter ?? []), 'docker', ...words], env: engine?.env ?? {}, timeoutMs: 600_000 });
  const run = runnerOf(context);
  if ((await run(docker('image', 'inspect', image))).code !== 0) {
    progress.step(`loading ${image}`);
    await checkBox(tar);
    await must(run, 'load the node image', docker('load', '--input', tar));
  }
  return image;
}

export async function bootPhase(run: Run): Promise<undefined> {
  const { context, open, state, progress } = run;
  const started = Date.now();
  const count = `${open.lab.nodes.length} ${open.lab.nodes.length === 1 ? 'node' : 'nodes'}`;
  const own = context.env['LABGEN_ENGINE'] !== undefined;
  if (state.provider !== undefined && (own || existsSync(join(open.folder, '.vagrant')))) {
    const orphans = await removeOrphans(runnerOf(context), { folder: realpathSync(open.folder), provider: state.provider, nodes: open.lab.nodes.map((node) => node.name), private: own });
    if (orphans.length > 0) progress.line(`boot: took away what an interrupted run left half-made: ${orphans.join(', ')}`);
  }
  progress.step(`booting ${count}`);
  await boot(vagrantPlace(context, open.folder, state.env), state.provider ?? 'libvirt', (line) => {
    run.lines.push(line);
    progress.detail(line.replace(/^==> /, ''));
  });
  progress.line(`boot: ${count} up after ${seconds(started)}`);
  return undefined;
}

export async function playPhase(run: Run): Promise<undefined> {
  const { context, open, state, progress } = run;
  const started = Date.now();
  await mendBeforePlay(context, open, (line) => progress.line(line));
  const place = vagrantPlace(context, open.folder, state.env);
  if ((await place.run({ argv: ['ansible-playbook', '--version'], timeoutMs: 60_000 })).code !== 0) {
    progress.line('play: no Ansible on this machine, so the last node plays for all');
    await provisionByVagrant(place, (line) => {
      run.lines.push(line);
      progress.detail(line);
    });
    progress.line(`play: done after ${seconds(started)}`);
    return undefined;
  }
  const engine = context.env['LABGEN_ENGINE'] === undefined ? undefined : await findEngine(open.folder);
  const strategy = engine?.emulated === true ? mitogen(context.env, engine.dataDir) : undefined;
  if (strategy !== undefined) progress.line('strategy: Mitogen, as the nodes are emulated');
  const recap = await play(
    place,
    (line) => {
      run.lines.push(line);
      const task = taskOf(line);
      if (task !== undefined) progress.detail(task);
    },
    strategy,
  );
  progress.line(`play: ${describeRecap(recap)} after ${seconds(started)}`);
  return undefined;
}

function describeRecap(recap: readonly Recap[]): string {
  const changed = recap.filter((each) => each.changed > 0);
  if (changed.length === 0) return `nothing to change on ${recap.length} nodes (changed=0)`;
  return `${changed.slice(0, 12).map((each) => `${each.node} changed=${each.changed}`).join(', ')}${changed.length > 12 ? ', …' : ''}`;
}

export async function verifyPhase(run: Run): Promise<ExitCode | undefined> {
  const { context, options } = run;
  const code = options.verify ? await checked(run) : undefined;
  const told = options.report === true && !context.interrupt.aborted ? await reported(run) : undefined;
  // `up` itself says what is left after Ctrl-C.
  return context.interrupt.aborted ? undefined : code === undefined || code === 0 ? told ?? code : code;
}

async function checked({ context, open, progress }: Run): Promise<ExitCode | undefined> {
  if (open.lab.checks.length > 0) return runChecks(context, open, { format: 'text', only: [], progress });
  progress.line('verify: the lab has no checks');
  return undefined;
}

/** Whatever the checks found. Without them nothing is measured either. */
async function reported({ context, options, open, progress }: Run): Promise<ExitCode> {
  const { fileOf, measured, writeReport } = await import('./report.js');
  const code = options.verify ? await measured(context, open, progress, false) : 0;
  if (!context.interrupt.aborted) await writeReport(context, open, fileOf(context, open, {}));
  return code;
}

/** After Ctrl-C: what still runs, how to go on, how to clean up. */
export async function whatIsLeft(run: Run): Promise<string> {
  const { context, open } = run;
  const lines: string[] = [];
  const inside = context.env['LABGEN_ENGINE'];
  const engine = inside ?? (await findEngine(open.folder))?.id;
  if (engine !== undefined) lines.push(`a private engine (${engine})`);
  // From outside, Vagrant would not see the engine's nodes.
  if (engine === inside && existsSync(join(open.folder, '.vagrant'))) {
    try {
      const states = await machineStates({ ...vagrantPlace(context, open.folder), interrupt: NEVER });
      lines.push(...states.filter((each) => each.state !== 'not_created').map((each) => `${each.node} (${each.state})`));
    } catch {
      lines.push('nodes whose state Vagrant could not tell');
    }
  }
  return `${lines.length > 0 ? `Still there: ${lines.join(', ')}.\n` : ''}Go on with "labgen up"; take it away with "labgen down".`;
}

function seconds(started: number): string {
  return `${((Date.now() - started) / 1000).toFixed(1)} s`;
}
