/** Which addresses a lab gives, and which are the choice of a program when it runs. */
import { addressPart, firstHost } from '../model/family.js';
import type { Lab } from '../model/lab.js';
import type { Space } from '../model/world.js';

const found = new WeakMap<Lab, ReadonlySet<string>>();

/** Of an address of a namespace, as CIDR. */
export function isGiven(lab: Lab, space: Space, cidr: string): boolean {
  const known = found.get(lab) ?? given(lab);
  found.set(lab, known);
  return known.has(`${space.node} ${addressPart(cidr)}`);
}

function given(lab: Lab): ReadonlySet<string> {
  const all: [node: string, address: string | undefined][] = [
    ...lab.nodes.flatMap((node) => node.attachments.flatMap((each): [string, string | undefined][] => [[node.name, each.address], [node.name, each.address6]])),
    ...lab.links.flatMap((link) => link.addresses.map((each): [string, string] => [link.node, each])),
    ...lab.containerNetworks.map((each): [string, string] => [each.node, each.bip]),
    ...lab.containerNetworks6.map((each): [string, string] => [each.node, each.address]),
    ...lab.dockerNetworks.flatMap((each): [string, string | undefined][] => [
      [each.node, each.gateway ?? (each.subnet === undefined ? undefined : firstHost(each.subnet))],
      [each.node, each.gateway6 ?? (each.subnet6 === undefined ? undefined : firstHost(each.subnet6))],
    ]),
    ...lab.pipework.map((each): [string, string] => [each.node, each.address]),
    ...lab.containers.flatMap((each): [string, string | undefined][] => [[each.node, each.address], [each.node, each.address6]]),
  ];
  return new Set(all.flatMap(([node, address]) => (address === undefined ? [] : [`${node} ${addressPart(address)}`])));
}
