/** Points where a packet is encrypted: its mark cannot be seen. It is known by its ends, its length, and when it passes. */
import type { PointSeen } from './compare.js';
import type { Recorded, Recording } from './recording.js';

/** WireGuard's data message: 16 bytes before what it carries, which is filled up to a multiple of 16, and 16 behind it. */
const TYPE_DATA = 4;
const WIREGUARD_BYTES = 32;
const UDP_HEADER = 8;

/** The points with what may be said of those inside of WireGuard. */
export function secretsAt(points: readonly PointSeen[], recording: Recording): readonly PointSeen[] {
  return points.map((point, at) => {
    const [outer] = point.stack;
    if (point.state !== 'missing' || point.tunnels[0] !== 'wireguard' || !outer) return point;
    // What went in is seen at the tunnel's interface, before or behind it.
    const inner = [...points.slice(0, at).reverse(), ...points.slice(at)].find((each) => each.way === point.way && each.sighting !== undefined && each.stack.length === point.stack.length - 1)?.sighting;
    const bytes = inner?.packets[0]?.bytes;
    if (inner === undefined || bytes === undefined) return { ...point, state: 'unseen', about: ['it is encrypted there, and what is inside was not seen either'] };
    const space = recording.spaces.find((each) => each.space === point.space);
    const fitting = (space?.packets ?? []).filter((each) => {
      const packet = each.packets.length === 1 ? each.packets[0] : undefined;
      const header = packet?.family === 6 ? 40 : 20;
      return packet?.ports !== undefined && each.direction === point.direction && packet.source === outer.source.text && packet.destination === outer.destination.text
        && packet.ports.destination === outer.destinationPort && packet.payload[0] === TYPE_DATA && packet.bytes - header - UDP_HEADER === WIREGUARD_BYTES + Math.ceil(bytes / 16) * 16
        && space?.interfaces.find((own) => own.index === each.interfaceIndex)?.name === point.realName;
    });
    const nearest = fitting.reduce<Recorded | undefined>((best, each) => (best === undefined || distance(each, inner) < distance(best, inner) ? each : best), undefined);
    return nearest ? { ...point, state: 'seen', sighting: nearest, times: 1, guessed: true } : point;
  });
}

function distance(one: Recorded, other: Recorded): bigint {
  const apart = one.at - other.at;
  return apart < 0n ? -apart : apart;
}
