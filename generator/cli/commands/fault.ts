/** labgen fault [LAB] WHAT…: troubles a running lab in a way that ends by itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connectSsh } from '../../drivers/ssh.js';
import { chooseFault, namedNode } from '../../faults/choose.js';
import { activeFaults, inject, isActive, undo } from '../../faults/inject.js';
import { offeredFaults } from '../../faults/offered.js';
import { readWords, type FaultWords } from '../../faults/words.js';
import type { Connections } from '../../model/connections.js';
import { Failure, type ExitCode } from '../../model/failure.js';
import type { Fault } from '../../model/fault.js';
import type { Lab } from '../../model/lab.js';
import { features } from '../../plan/pipeline.js';
import { printable } from '../../model/problem.js';
import type { Context } from '../context.js';
import { openLab } from '../open-lab.js';
import { insideEngine, runningFolder, sshHosts } from '../running.js';
import { rebootNodes } from './fault-reboot.js';

interface Options {
  readonly words: readonly string[];
  readonly output?: string;
  readonly network?: string;
  readonly for?: number;
  readonly all?: true;
  readonly wait?: true;
  readonly format: 'text' | 'json';
}

export async function fault(context: Context, options: Options): Promise<ExitCode> {
  const asked = readWords(options.words);
  refuseFlags(asked, options);
  const folder = runningFolder(context, { ...(asked.lab === undefined ? {} : { lab: asked.lab }), ...(options.output === undefined ? {} : { output: options.output }) });
  const code = await insideEngine(context, folder);
  if (code !== undefined) return code;
  const hosts = sshHosts(folder);
  const { lab } = openLab(context, { output: folder });
  if (asked.action === 'reboot') return rebootNodes(context, { lab, folder, names: asked.words, ...options });
  const connections = connectSsh(hosts, { signal: context.interrupt });
  try {
    if (asked.action === 'list') return await list(context, lab, connections, options.format);
    if (asked.action === 'undo') return await undoAll(context, lab, connections, asked.words);
    return await make(context, chooseFault(lab, asked, options.network, offeredFaults(lab, features)), connections, options);
  } finally {
    await connections.close();
  }
}

/** @throws Failure (exit 2): a flag that would mean nothing is a mistake. */
function refuseFlags({ action, words }: FaultWords, { network, for: seconds, all, wait, format }: Options): void {
  const idle = action === 'list' || action === 'undo';
  const useless = network !== undefined && (idle || action === 'reboot') ? '--network' : seconds !== undefined && (idle || action === 'reboot') ? '--for' : all === true && action !== 'reboot' ? '--all' : wait === true && idle ? '--wait' : format !== 'text' && action !== 'list' ? '--format' : undefined;
  if (useless !== undefined) throw new Failure(2, `"${useless}" says nothing to "${action}"`, 'See "labgen help fault".');
  if (action === 'list' && words.length > 0) throw new Failure(2, `"${words.join(' ')}" is too much for "list"`);
}

async function make(context: Context, fault: Fault, connections: Connections, options: Options): Promise<ExitCode> {
  const seconds = options.for ?? fault.seconds;
  await inject(connections, fault, seconds);
  context.out(`${fault.words.join(' ')}: ${printable(fault.about)}\n  It ends by itself after ${seconds} s; "labgen fault undo" ends it earlier.\n`);
  if (options.wait !== true) return 0;
  while (!context.interrupt.aborted && isActive(fault, await activeFaults(connections, [fault.at ?? fault.node]))) await sleep(1000);
  if (context.interrupt.aborted) return 130;
  context.out(`${fault.words.join(' ')}: ended\n`);
  return 0;
}

async function list(context: Context, lab: Lab, connections: Connections, format: 'text' | 'json'): Promise<ExitCode> {
  const silent: string[] = [];
  const active = await activeFaults(connections, lab.nodes.map((node) => node.name), (node, reason) => void silent.push(`${node}: ${reason}`));
  const offered = offeredFaults(lab, features);
  if (format === 'json') {
    context.out(`${JSON.stringify({ active: active.map(({ node, name, secondsLeft }) => ({ node, fault: name, secondsLeft })), offered: offered.map((each) => ({ fault: each.words.join(' '), about: each.about, seconds: each.seconds })), silent }, null, 2)}\n`);
  } else {
    context.out(active.length === 0 ? 'no fault now\n' : active.map(({ name, secondsLeft }) => `now: ${printable(name)}, ${secondsLeft > 0 ? `for ${secondsLeft} s more` : 'about to end'}\n`).join(''));
    context.out(offered.map((each) => `  labgen fault ${each.words.join(' ')}\n`).join(''));
    const [first] = lab.nodes;
    if (first && first.attachments.length > 0) context.out(`  labgen fault delay ${first.name} 100ms, loss ${first.name} 20%\n`);
    context.out('  labgen fault reboot NODE…, reboot --all\n');
    for (const each of silent) context.err(`labgen: ${printable(each)}\n`);
  }
  return silent.length > 0 ? 3 : 0;
}

async function undoAll(context: Context, lab: Lab, connections: Connections, names: readonly string[]): Promise<ExitCode> {
  for (const name of names) namedNode(lab, name, 'undo');
  const silent: string[] = [];
  const active = await activeFaults(connections, lab.nodes.map((node) => node.name), (node, reason) => void silent.push(`${node}: ${reason}`));
  const about = (words: string): boolean => names.length === 0 || names.some((name) => words.split(' ').includes(name));
  const ending = active.filter((each) => about(each.name));
  for (const each of ending) {
    await undo(connections, each);
    context.out(`${printable(each.name)}: ended\n`);
  }
  if (ending.length === 0) context.out('no fault to end\n');
  for (const each of silent) context.err(`labgen: ${printable(each)}\n`);
  return silent.length > 0 ? 3 : 0;
}
