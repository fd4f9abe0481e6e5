/** Making faults on running nodes, seeing which there are, and ending them. */
import type { CommandResult } from '../model/check.js';
import type { Connections } from '../model/connections.js';
import { Failure } from '../model/failure.js';
import type { Fault } from '../model/fault.js';
import { lastLine } from '../model/probe.js';
import { beginWords, endWords, LIST_WORDS, readList, scriptOf, slotOf, TAKEN, type ActiveFault } from './script.js';

/** An end may have to wait for a dockerd. */
const PATIENCE_MS = 120_000;

/** Why a command did not do what it should, in the node's words where it has some. */
export function reasonOf({ code, stderr }: CommandResult): string {
  return lastLine(stderr) || (code === undefined ? 'no end in time' : `exit ${code}`);
}

/** Comes back when the fault is there. @throws Failure (exit 3) where the node cannot have it, or has it already. */
export async function inject(connections: Connections, fault: Fault, seconds: number): Promise<void> {
  const node = fault.at ?? fault.node;
  const result = await connections.run(node, beginWords(fault, seconds), { input: scriptOf(fault, seconds), timeoutMs: PATIENCE_MS });
  if (result.code === 0) return;
  const name = fault.words.join(' ');
  if (result.code === TAKEN) throw new Failure(3, `${node} has such a fault already: ${lastLine(result.stdout)}`, '"labgen fault undo" ends it.');
  const reason = /^unavailable: (.*)$/m.exec(result.stderr)?.[1];
  if (reason !== undefined) throw new Failure(3, `"${name}" cannot be had: ${reason}`, 'Nothing was changed.');
  throw new Failure(3, `"${name}" did not begin on ${node}: ${reasonOf(result)}`, '"labgen fault list" tells what there is now.');
}

/** Of all these nodes. A node that cannot be reached is told by `onSilence`; the others are still asked. */
export async function activeFaults(connections: Connections, nodes: readonly string[], onSilence: (node: string, reason: string) => void = () => undefined): Promise<readonly ActiveFault[]> {
  const lists = await Promise.all(
    nodes.map(async (node) => {
      try {
        const result = await connections.run(node, LIST_WORDS);
        if (result.code !== 0) onSilence(node, lastLine(result.stderr) || 'no answer');
        return readList(node, result.stdout);
      } catch (error) {
        onSilence(node, (error as Error).message);
        return [];
      }
    }),
  );
  return lists.flat();
}

/** @throws Failure (exit 3) where it does not end. */
export async function undo(connections: Connections, { node, slot, name }: ActiveFault): Promise<void> {
  const result = await connections.run(node, endWords(slot), { timeoutMs: PATIENCE_MS });
  if (result.code !== 0) throw new Failure(3, `"${name}" did not end on ${node}: ${reasonOf(result)}`, 'A reboot of the node ends it, too.');
}

/** Whether this very fault is among them. */
export function isActive(fault: Fault, active: readonly ActiveFault[]): boolean {
  return active.some((each) => each.node === (fault.at ?? fault.node) && each.slot === slotOf(fault));
}
