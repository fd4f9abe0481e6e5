/** A node as a box of lines: each bridge with who is plugged into it, then what leads out, each on a rail to the lower edge. */
import type { Face, Guest, Hub, NodeBox, Switch } from './topology.js';

export interface AsciiBox {
  readonly lines: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly drops: readonly { readonly hub: string; readonly x: number }[];
}

/** Of the first rail, from the box's left edge; each further one stands so far to the right of it. */
const FIRST = 2;
const STEP = 2;

export function asciiBox(node: NodeBox, hubs: readonly Hub[]): AsciiBox {
  const hubOf = (id: string): string | undefined => hubs.find((hub) => hub.ends.includes(id))?.id;
  const told = new Set<string>();
  const body = [
    ...node.switches.flatMap((each) => [faceText(each, each.name), ...plugged(node, each, told)]),
    ...node.guests.filter((guest) => !told.has(guest.name) && !guest.faces.some((face) => hubOf(face.id))).map((guest) => `${guest.name} ${guest.faces.length === 0 ? 'no network' : guest.faces.map((face) => faceText(face, face.name)).join(', ')}${more(guest)}`),
    ...node.hosted.map((name) => `${name} on the node's network`),
  ];
  const rails: { hub: string; x: number }[] = [];
  const out: string[] = [];
  const outward = [
    ...node.guests.flatMap((guest) => guest.faces.filter((face) => hubOf(face.id)).map((face) => ({ id: face.id, lines: [`${guest.name} ${faceText(face, face.name)}${told.has(guest.name) ? '' : more(guest)}`] }))),
    ...node.exits.map((exit) => ({ id: exit.faces[0]?.id ?? '', lines: exit.faces.map((face) => `${faceText(face, face.name)}${portOf(node, face.id)}`) })),
  ];
  // Those without a hub first: no rail passes them.
  for (const { lines } of outward.filter(({ id }) => hubOf(id) === undefined)) body.push(...lines);
  for (const { id, lines } of outward) {
    const hub = hubOf(id);
    if (hub === undefined) continue;
    for (const [index, line] of lines.entries()) out.push(`${'│ '.repeat(rails.length)}${index === 0 ? '┌' : '├'} ${line}`);
    rails.push({ hub, x: FIRST + STEP * rails.length });
  }
  const title = ` ${node.name}${node.note === '' ? '' : ` (${node.note})`} `;
  const inner = Math.max(title.length, ...[...body, ...out].map((line) => line.length + 2));
  const lines = [`┌${title}${'─'.repeat(inner - title.length)}┐`, ...[...body, ...out].map((line) => `│ ${line.padEnd(inner - 2)} │`), `└${'─'.repeat(inner)}┘`];
  return { lines, width: inner + 2, height: lines.length, drops: rails };
}

/** A line for each cable into a bridge. */
function plugged(node: NodeBox, bridge: Switch, told: Set<string>): readonly string[] {
  const ports = new Set(bridge.ports.map((port) => port.id));
  const lines = node.cables.flatMap(({ ends: [inside, port], vlan }) => {
    const guest = node.guests.find((each) => each.faces.some((face) => face.id === inside));
    const face = guest?.faces.find((each) => each.id === inside);
    if (!guest || !face || !ports.has(port)) return [];
    const isNew = !told.has(guest.name);
    told.add(guest.name);
    return [`${guest.name} ${faceText(face, face.name, bridge.mtu)}${vlan === undefined ? '' : ` VLAN ${vlan}`}${isNew ? more(guest) : ''}`];
  });
  return lines.map((line, index) => `${index === lines.length - 1 ? '└' : '├'} ${line}`);
}

function more({ sharing, ports }: Guest): string {
  return [...ports.map((port) => ` ${port}`), ...sharing.map((name) => ` + ${name}`)].join('');
}

/** An MTU that is that of the bridge is told there. */
function faceText(face: Face, name: string, known?: number): string {
  return [name, ...(face.kind === '' ? [] : [face.kind]), ...face.addresses.map(({ cidr, presumed }) => (presumed ? `~${cidr}` : cidr)), ...(face.mtu === undefined || face.mtu === known ? [] : [`MTU ${face.mtu}`])].join(' ');
}

function portOf(node: NodeBox, id: string): string {
  const cable = node.cables.find(({ ends }) => ends[1] === id && node.switches.some((each) => each.id === ends[0]));
  return cable === undefined ? '' : ` in ${node.switches.find((each) => each.id === cable.ends[0])?.name ?? ''}${cable.vlan === undefined ? '' : ` VLAN ${cable.vlan}`}`;
}
