/** What stands in the boxes of a node. */
import { boxOf, NAME, SIZE, type Box, type Line, type Run } from './box.js';
import type { Face, Guest, NodeBox, Switch } from './topology.js';

/** Published ports of one container that are listed. */
const MOST_PORTS = 4;

export function guestBox(guest: Guest): Box {
  return boxOf(`guest ${guest.name}`, 'guest', [
    { runs: [{ text: guest.name, look: 'strong' }], size: NAME },
    ...guest.faces.flatMap((face) => faceLines(face, 'plain')),
    ...(guest.faces.length === 0 ? [muted('no network')] : []),
    ...guest.ports.slice(0, MOST_PORTS).map((port) => muted(port)),
    ...(guest.ports.length > MOST_PORTS ? [muted(`and ${guest.ports.length - MOST_PORTS} ports more`)] : []),
    ...guest.sharing.map((name): Line => ({ runs: [{ text: '+', look: 'muted' }, { text: name, look: 'strong' }], size: SIZE, endpoint: name })),
  ], { space: guest.name });
}

export function hostedBox(node: string, name: string): Box {
  return boxOf(`hosted ${name}`, 'hosted', [{ runs: [{ text: name, look: 'strong' }], size: NAME }, muted("the node's network")], { space: node, endpoint: name });
}

/** `least`: as wide as what is plugged into it asks for. */
export function switchBox(bridge: Switch, least: number): Box {
  return boxOf(bridge.id, 'switch', faceLines(bridge, 'strong'), {}, least);
}

export function exitBox({ id, faces }: NodeBox['exits'][number]): Box {
  const [only] = faces;
  return boxOf(id, 'exit', faces.length === 1 && only ? faceLines(only, 'strong') : faces.map((face): Line => ({ runs: [{ text: face.name, look: 'strong' }, ...addresses(face)], size: SIZE, face: face.id })), {});
}

function faceLines(face: Face, look: 'plain' | 'strong'): readonly Line[] {
  const name: Run = look === 'strong' ? { text: face.name, look } : { text: face.name };
  const size = look === 'strong' ? NAME : SIZE;
  const mtu = face.mtu === undefined ? [] : [{ text: `MTU ${face.mtu}`, look: 'muted' } as const];
  const runs = addresses(face);
  const kind = face.kind === '' ? [] : [{ text: face.kind, look: 'muted' } as const];
  // A container's interface and its address share a line; a node's has a line for each, as it has more to say.
  const lines: (readonly Run[])[] = look === 'plain' ? [[name, ...kind, ...runs.slice(0, 1)], ...runs.slice(1).map((run) => [run]), ...(mtu.length > 0 ? [mtu] : [])] : [[name, ...kind, ...mtu], ...runs.map((run) => [run])];
  return lines.map((each, index): Line => ({ runs: each, size: index === 0 ? size : SIZE, face: face.id }));
}

function addresses(face: Face): readonly Run[] {
  return face.addresses.map(({ cidr, presumed }): Run => (presumed ? { text: cidr, look: 'presumed' } : { text: cidr }));
}

function muted(text: string): Line {
  return { runs: [{ text, look: 'muted' }], size: SIZE };
}
