/** Where questions about a swarm are put: only managers know it. */
import type { CommandResult, Facts, NodeCommand, Reading } from '../../model/check.js';
import { lastLine, notAsked } from '../../model/probe.js';

/** The node whose dockerd is asked; undefined where the stage has no swarm. */
export function managerOf(facts: Facts): string | undefined {
  return facts.lab.swarms[0]?.members[0]?.node;
}

/** What an answer of no use means; undefined where there is one. */
export function silence(result: CommandResult): Reading | undefined {
  const asked = notAsked(result);
  if (asked || result.code === 0) return asked;
  const said = lastLine(result.stderr) || `exit ${result.code}`;
  if (/not a swarm manager|not part of a swarm/i.test(result.stderr)) return { state: 'unreachable', value: 'absent', seen: 'the manager is in no swarm' };
  if (/does not have a leader|no elected primary/i.test(result.stderr)) return { state: 'unreachable', seen: 'the swarm has no leader' };
  return { state: 'not-run', seen: said };
}

const PATIENTLY = 'for try in 1 2 3 4 5 6 7 8 9; do "$@" && exit; sleep 3; done; exit 1';

/** After dockerd was restarted, some seconds pass before the swarm has a leader that takes orders. */
export function order(node: string, ...argv: readonly string[]): NodeCommand {
  return { node, argv: ['sh', '-c', PATIENTLY, 'sh', ...argv] };
}
