/** Which addresses the interfaces of a running lab have: those that programs chose cannot be known before. */
import type { Connections } from '../model/connections.js';
import { parseJson, textOf, treesOf } from '../model/foreign.js';
import type { Lab } from '../model/lab.js';
import type { SeenAddresses } from '../model/world-draft.js';
import { isAddress } from '../model/probe.js';
import type { LabFacts } from './facts.js';

/** One line a namespace: its name, then what ip says. The arguments are names and process ids in turn; 0 is the node's own. */
const LOOK = 'while [ $# -gt 0 ]; do if [ "$2" = 0 ]; then said=$(ip -j address); else said=$(nsenter -t "$2" -n ip -j address); fi; printf "%s %s\\n" "$1" "$said"; shift 2; done';

/** Of nodes and of containers with a namespace of their own; who does not answer is left out. Throws NodeUnreachable. */
export async function seenAddresses(lab: Lab, facts: LabFacts, connections: Connections): Promise<SeenAddresses> {
  const seen = new Map<string, ReadonlyMap<string, readonly string[]>>();
  await Promise.all(lab.nodes.map(async ({ name }) => {
    const containers = lab.containers.filter((each) => each.node === name && each.network !== 'host' && !each.network.startsWith('container:'));
    const spaces = [[name, '0'], ...containers.map((each) => [each.name, String(facts.pid(each.name))])].filter(([, pid], index) => index === 0 || pid !== '0');
    const { stdout } = await connections.run(name, ['sh', '-c', LOOK, 'sh', ...spaces.flat()]);
    for (const line of stdout.split('\n')) {
      const [, space, said] = /^(\S+) (\[.*)$/.exec(line) ?? [];
      if (space !== undefined && said !== undefined) seen.set(space, addressesIn(said));
    }
  }));
  return seen;
}

function addressesIn(said: string): ReadonlyMap<string, readonly string[]> {
  return new Map((treesOf(parseJson(said)) ?? []).map((link) => {
    const addresses = (treesOf(link['addr_info']) ?? []).flatMap((each) => {
      const [address, prefix] = [textOf(each['local']), each['prefixlen']];
      return address !== undefined && isAddress(address) && each['scope'] === 'global' && typeof prefix === 'number' ? [`${address}/${prefix}`] : [];
    });
    return [textOf(link['ifname']) ?? '', addresses] as const;
  }));
}
