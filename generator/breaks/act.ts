/** Breaking a running lab, and healing it again. */
import type { Connections, RunOptions } from '../model/connections.js';
import { Failure } from '../model/failure.js';
import type { Break } from '../model/lab.js';
import { lastLine } from '../model/probe.js';

/** A repair may have to wait for a dockerd. */
const PATIENCE_MS = 180_000;

/** The script comes on standard input: in the list of processes and in sudo's log there is a shell, and not what it does. */
const SHELL = ['sh', '-eu', '-s'];

const scripted = (script: string): RunOptions => ({ input: `{\n${script}\n} </dev/null\n`, timeoutMs: PATIENCE_MS });

/** @throws NodeUnreachable, or Failure (exit 3) where the node does not do it; it is healed then as far as it can be. */
export async function breakIt(connections: Connections, { name, node, run, repair }: Break): Promise<void> {
  const result = await connections.run(node, SHELL, scripted(run));
  if (result.code === 0) return;
  await connections.run(node, SHELL, scripted(repair));
  throw new Failure(3, `the break "${name}" cannot be made on ${node}: ${lastLine(result.stderr) || `exit ${String(result.code)}`}`, 'It was taken back. Another one is drawn by another --seed, or named by --which.');
}

/** @throws NodeUnreachable, or Failure (exit 3) where it cannot be repaired so. */
export async function repairIt(connections: Connections, { node, repair }: Break): Promise<void> {
  const result = await connections.run(node, SHELL, scripted(repair));
  if (result.code !== 0) throw new Failure(3, `what was broken on ${node} could not be repaired: ${lastLine(result.stderr) || `exit ${String(result.code)}`}`, '"labgen up" makes the lab anew as it should be; where that does not help, "labgen down" and "labgen up" do.');
}
