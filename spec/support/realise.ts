/** A world made real: network namespaces, cables, rules and servers that are gone with the one process that holds them. */
import { spawn, type ChildProcess } from 'node:child_process';
import type { CommandResult } from '../../generator/model/check.js';
import type { Connections, Observation, RunOptions } from '../../generator/model/connections.js';
import type { World } from '../../generator/model/world.js';
import { measure, type Measured } from '../../generator/verify/matrix.js';
import type { Question } from '../../generator/predict/question.js';
import { cannotBuild, scriptOf } from './realise-script.js';
import { trace, type Trace, type TraceOptions } from '../../generator/trace/trace.js';
import { SERVE } from './serve.js';

/** All spaces of a world are on one machine. */
const MACHINE = 'here';
let count = 0;

function nonce(): string {
  return `${process.pid.toString(16).padStart(8, '0').slice(-8)}${(count++).toString(16).padStart(8, '0')}`;
}

export class RealWorld {
  private constructor(
    readonly world: World,
    private readonly holder: ChildProcess,
  ) {}

  /**
   * Everything is inside a process namespace whose first process ends with its standard input: a death of ours, by whatever
   * signal, takes all of it away. Throws with the script's words where a command of it fails.
   */
  static async make(world: World): Promise<RealWorld> {
    const lacking = cannotBuild(world);
    if (lacking.length > 0) throw new Error(`this kernel has no ${lacking.join(', ')}`);
    const listeners = JSON.stringify(world.spaces.flatMap((space) => space.listeners.map((each) => ({ space: space.name, ...each }))));
    const script = `${scriptOf(world)}exec python3 -c "$1" "$2"`;
    const holder = spawn('unshare', ['--net', '--mount', '--pid', '--fork', '--kill-child', 'sh', '-ec', script, 'sh', SERVE, listeners], { stdio: ['pipe', 'pipe', 'pipe'] });
    const real = new RealWorld(world, holder);
    const ended = finish(holder);
    try {
      if (!(await readyOrEnded(holder, ended))) throw new Error(`the world was not built: ${(await ended).stderr.trim()}`);
    } catch (error) {
      real.end();
      throw error;
    }
    return real;
  }

  /** Of the innermost process whose namespaces these are. */
  get pid(): number {
    return this.holder.pid ?? 0;
  }

  /** A command in a space. */
  run(space: string, ...argv: readonly string[]): Promise<CommandResult> {
    return finish(spawn('nsenter', [...this.inside(), 'nsenter', `--net=/run/netns/${space}`, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  /** By default each answer may take 200 ms: everything is on one machine. */
  measure(questions: readonly Question[], options: { readonly waitMs?: number; readonly expects?: (question: Question) => number | undefined } = {}): Promise<readonly Measured[]> {
    const spaces = new Map(this.world.endpoints.map(({ name, space }) => [name, space]));
    return measure(questions, this.connections(), {
      nonce: nonce(),
      waitMs: options.waitMs ?? 200,
      watched: [...spaces.keys()],
      ...(options.expects && { expects: options.expects }),
      place: (endpoint) => {
        const space = spaces.get(endpoint);
        return space === undefined ? { notMeasured: `${endpoint} is no endpoint` } : { node: MACHINE, namespace: { name: space } };
      },
    });
  }

  trace(question: Question, options: Pick<TraceOptions, 'explanation' | 'waitMs'> = {}): Promise<Trace> {
    return trace(question, this.world, this.connections(), { waitMs: 400, ...options, nonce: nonce(), place: (space) => ({ node: MACHINE, namespace: { name: space } }) });
  }

  end(): void {
    this.holder.stdin?.destroy();
    this.holder.kill('SIGKILL');
  }

  private inside(): readonly string[] {
    return ['-t', String(this.pid), '--mount', '--net', '--'];
  }

  /** Commands on the machine that all spaces are on. */
  connections(): Connections {
    const start = (argv: readonly string[], options: RunOptions = {}): ChildProcess => {
      const child = spawn('nsenter', [...this.inside(), ...argv], { stdio: ['pipe', 'pipe', 'pipe'], timeout: options.timeoutMs ?? 60_000 });
      child.stdin?.on('error', () => {}); // it ended without reading: its own words say why
      child.stdin?.end(options.input ?? '');
      return child;
    };
    return {
      run: (_node, argv, options) => finish(start(argv, options)),
      observe: async (_node, argv, options): Promise<Observation> => {
        const child = start(argv, options);
        const ended = finish(child);
        return { ready: await readyOrEnded(child, ended), ended, stop: () => child.kill('SIGKILL') };
      },
      close: async () => {},
    };
  }
}

function finish(child: ChildProcess): Promise<CommandResult> {
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) child[stream]?.on('data', (chunk: Buffer) => (said[stream] += chunk.toString('utf8')));
  return new Promise((done) => {
    child.on('error', (error) => done({ code: 127, stdout: '', stderr: error.message }));
    child.on('close', (code) => done({ code: code ?? undefined, ...said }));
  });
}

function readyOrEnded(child: ChildProcess, ended: Promise<unknown>): Promise<boolean> {
  return new Promise((done) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => /^ready$/m.test((text += chunk.toString('utf8'))) && done(true));
    void ended.then(() => done(false));
  });
}
