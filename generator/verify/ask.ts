/** Putting one question once. */
import { pasteable } from '../drivers/run-command.js';
import type { Check, CheckKind, CommandResult, NodeCommand, Probe, Reading } from '../model/check.js';
import type { Connections } from '../model/connections.js';
import { lastLine } from '../model/probe.js';
import type { LabFacts } from './facts.js';
import type { Slots } from '../model/slots.js';

export interface Asked {
  readonly reading: Reading;
  readonly node: string;
  readonly command: string;
  /** Milliseconds that passed before the question could be put, because a dockerd did not answer. */
  readonly stalled: number;
}

/** Node names a check is about: those whose containers have to be known. */
export function nodesOf(check: Check, facts: LabFacts): readonly string[] {
  const names = Object.values(check.subject).filter((value): value is string => typeof value === 'string');
  const nodes = names.filter((name) => facts.lab.nodes.some((node) => node.name === name) || facts.lab.containers.some((container) => container.name === name));
  return [...new Set(nodes.map((name) => facts.nodeOf(name)))];
}

/** `prove`: for a negative check, whether the target itself has to show that it is alive. */
export async function ask(check: Check, kind: CheckKind, facts: LabFacts, connections: Connections, observers: Slots, prove: boolean): Promise<Asked> {
  const nodes = nodesOf(check, facts);
  const stalled = await facts.refresh(nodes);
  const probe = kind.probe(check.subject, facts, check.expect);
  if ('notRun' in probe) return { reading: { state: 'not-run', seen: facts.trouble(nodes) ?? probe.notRun }, node: '', command: '', stalled };
  const about = { node: probe.command.node, command: pasteable(probe.command.argv), stalled };
  if (prove && probe.alive) {
    const dead = await deadTarget(probe.alive, connections);
    if (dead !== undefined) return { reading: { state: 'not-run', seen: dead }, ...about };
  }
  return { reading: await read(probe, connections, observers), ...about };
}

async function deadTarget(alive: NodeCommand, connections: Connections): Promise<string | undefined> {
  const result = await connections.run(alive.node, alive.argv);
  if (result.code === 0) return undefined;
  return `the target does not even answer itself, so silence proves nothing: on ${alive.node}, ${pasteable(alive.argv)} ended with ${result.code ?? 'a time-out'}${result.stderr.trim() ? ` (${lastLine(result.stderr)})` : ''}`;
}

async function read(probe: Probe, connections: Connections, observers: Slots): Promise<Reading> {
  const { command, observer } = probe;
  if (observer === undefined) return probe.read(await connections.run(command.node, command.argv), undefined);
  // Few at a time: observers that hold all channels of two nodes would wait for each other's senders.
  const release = await observers.take();
  try {
    const observation = await connections.observe(observer.node, observer.argv);
    const nothing: CommandResult = { code: 0, stdout: '', stderr: '' };
    const result = observation.ready ? await connections.run(command.node, command.argv) : nothing;
    return probe.read(result, await observation.ended);
  } finally {
    release();
  }
}
