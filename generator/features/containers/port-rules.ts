/** Published ports: each port of a node has one owner. */
import { familyOf } from '../../model/family.js';
import { listOf } from '../../model/merge.js';
import type { RuleContext } from '../feature.js';
import { membersOf, swarmSource } from '../swarm/sources.js';
import { parsePort, portOwner } from './ports.js';
import { containerSources, hostsOf } from './resolve.js';

/** Whether two host addresses, left out for all, have one in common; 0.0.0.0 and :: are all of one family. */
function sharesAddress(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined || a === b) return true;
  return familyOf(a) === familyOf(b) && [a, b].some((each) => each === '0.0.0.0' || each === '::');
}

export function portsAreFree(context: RuleContext): void {
  const taken = new Map<string, { readonly address: string | undefined; readonly name: string }[]>();
  const swarm = new Set(membersOf(context.ground, swarmSource(context.source)));
  for (const { name, value } of containerSources(context.source)) {
    listOf(value['ports']).forEach((text, index) => {
      const at = ['containers', name, 'ports', index];
      if (!context.isSound(at)) return;
      const port = parsePort(String(text));
      if (!port) {
        context.error('LG014', at, `${JSON.stringify(text)} is not a port`, 'Ports go from 1 to 65535.');
        return;
      }
      if (port.hostPort === undefined) return;
      for (const node of hostsOf(context.ground, value)) {
        const key = `${node.name} ${port.hostPort}/${port.protocol}`;
        const address = port.hostAddress;
        const others = taken.get(key) ?? [];
        const owner = others.find((other) => sharesAddress(other.address, address))?.name;
        const own = portOwner(port, swarm.has(node));
        if (own !== undefined) {
          context.error('LG071', at, `port ${port.hostPort}/${port.protocol} of ${node.name} belongs to ${own}`, 'Use another host port.');
          break;
        }
        if (owner !== undefined) {
          context.error('LG071', at, `port ${port.hostPort}/${port.protocol} of ${node.name} is already published by "${owner}"`, 'Use another host port.');
          break;
        }
        taken.set(key, [...others, { address, name }]);
      }
    });
  }
}
