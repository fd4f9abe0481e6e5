/**
 * Where a packet and its answer are to be seen, by the prediction: each interface on their way, in which direction, with
 * which headers. A point is what a capture on that interface would have in it.
 */
import type { Space, World, WorldInterface } from '../model/world.js';
import type { Event, Packet } from '../predict/packet.js';
import type { Explanation } from '../predict/simulate.js';

export interface Point {
  readonly way: 'there' | 'back';
  readonly space: string;
  readonly node: string;
  /** As the world calls it; a port of a bridge may have another name on the node. */
  readonly interface: string;
  readonly direction: 'in' | 'out';
  /** Headers, outermost first. */
  readonly stack: readonly Packet[];
  /** What wraps each of them but the last: one kind less than there are headers. */
  readonly tunnels: readonly string[];
  /** What happened since the point before: rules that let it pass, translations. */
  readonly since: readonly Event[];
  /** Whether it is seen here hangs on more than the lab: it leaves the lab, a neighbour is known or not, a balancer has a place of its own. */
  readonly may: boolean;
}

export function pointsOf(world: World, { there, back, answer }: Explanation): readonly Point[] {
  const points = [...new Walk(world, 'there').over(there), ...new Walk(world, 'back').over(back)];
  const balancer = answer.answeredBy === undefined ? undefined : world.spaces.find(({ name }) => name === there.at(-1)?.space);
  return balancer === undefined ? points : points.map((point) => (passesBy(balancer, point) ? { ...point, may: true } : point));
}

/**
 * Where bridges filter, a new destination behind the same bridge gets the frame bridged, past the bridge's own interface
 * (br_nf_pre_routing_finish); Docker's ingress is behind docker_gwbridge, as are containers on overlay networks.
 */
function passesBy({ name, interfaces, filtersBridges }: Space, point: Point): boolean {
  return point.space === name && filtersBridges[point.stack[0]?.family ?? 4] && interfaces.some((each) => each.name === point.interface && each.kind === 'bridge');
}

/** Events of a packet on the move; the others say what decided. */
type Movement = Extract<Event, { kind: 'enter' | 'leave' | 'cross' | 'wrap' | 'unwrap' | 'arrive' | 'stop' }>;
const MOVES: readonly string[] = ['enter', 'leave', 'cross', 'wrap', 'unwrap', 'arrive', 'stop'] satisfies Movement['kind'][];

class Walk {
  private readonly points: Point[] = [];
  private readonly spaces: ReadonlyMap<string, Space>;
  /** What is inside tunnels now, outermost first. */
  private inner: { readonly packet: Packet; readonly tunnel: string }[] = [];
  private since: Event[] = [];
  private packet: Packet | undefined;

  constructor(
    world: World,
    private readonly way: Point['way'],
  ) {
    this.spaces = new Map(world.spaces.map((space) => [space.name, space]));
  }

  over(events: readonly Event[]): readonly Point[] {
    const moves = events.filter((event): event is Movement => MOVES.includes(event.kind));
    let at = 0;
    for (const event of events) {
      if (event !== moves[at]) {
        this.packet = event.packet;
        this.since.push(event);
        continue;
      }
      const [before, after] = [moves[at - 1], moves[at + 1]];
      if (before?.kind === 'cross' && goesOnFrom(before, event)) this.add(before.space, before.to, 'out', this.packet ?? before.packet);
      this.packet = event.packet;
      this.move(event, before, after);
      at++;
    }
    return this.points;
  }

  private move(event: Movement, before: Movement | undefined, after: Movement | undefined): void {
    switch (event.kind) {
      case 'leave': return this.leaves(event, after);
      case 'enter': return this.enters(event, before);
      case 'cross':
        if (!(before?.kind === 'unwrap' && before.interface === event.from)) this.add(event.space, event.from, 'in', event.packet);
        if (event.anew !== undefined) this.add(event.space, event.bridge, 'out', event.anew, true);
        return;
      case 'wrap':
        if (!this.isHere(event.space, event.interface, 'out')) this.add(event.space, event.interface, 'out', event.packet);
        this.inner.unshift({ packet: event.packet, tunnel: event.tunnel });
        return;
      case 'unwrap':
        this.inner.shift();
        this.add(event.space, event.interface, 'in', event.packet);
        return;
      case 'arrive':
        if (event.interface === undefined) this.add(event.space, 'lo', 'in', event.packet);
        return;
      case 'stop': return;
    }
  }

  private leaves(event: Extract<Event, { kind: 'leave' }>, after: Movement | undefined): void {
    const port = this.interface(event.space, event.interface);
    const ends = after?.kind === 'stop' && after.space === event.space;
    // Where nobody answers ARP, only its questions go out. A tunnel of packets asks nobody.
    if (ends && port?.kind !== 'uplink' && !(port?.tunnel && !takesFrames(port))) return;
    this.add(event.space, event.interface, 'out', event.packet, ends && port?.kind === 'uplink');
    if (!isBridge(port) || after === undefined) return;
    const far = after.kind === 'cross' ? after.from : after.kind === 'enter' ? after.interface : undefined;
    const [own] = far === undefined ? [] : this.wire(event.space, event.interface, after.space, far);
    if (own !== undefined && own !== event.interface) this.add(event.space, own, 'out', event.packet);
  }

  private enters(event: Extract<Event, { kind: 'enter' }>, before: Movement | undefined): void {
    if (before?.kind === 'unwrap' && before.interface === event.interface) return;
    if (isBridge(this.interface(event.space, event.interface)) && (before?.kind === 'leave' || (before?.kind === 'cross' && before.space !== event.space))) {
      const [, own] = this.wire(before.space, before.kind === 'leave' ? before.interface : before.to, event.space, event.interface);
      // A bridge that filters translates behind its port.
      if (own !== undefined && own !== event.interface) this.add(event.space, own, 'in', this.points.at(-1)?.stack[0] ?? event.packet);
    }
    this.add(event.space, event.interface, 'in', event.packet);
  }

  /** The two ends of the wire between an interface, or a port of it where it is a bridge, and another one. */
  private wire(from: string, out: string, to: string, into: string): readonly string[] {
    const ends = (space: string, name: string): readonly WorldInterface[] => {
      const own = this.interface(space, name);
      return own === undefined ? [] : isBridge(own) ? (this.spaces.get(space)?.interfaces.filter((each) => each.master === name) ?? []) : [own];
    };
    for (const one of ends(from, out)) {
      const other = one.wire === undefined ? undefined : ends(to, into).find((each) => each.wire === one.wire);
      if (other) return [one.name, other.name];
    }
    return [];
  }

  /** It was seen there already, by the event before. */
  private isHere(space: string, name: string, direction: Point['direction']): boolean {
    const last = this.points.at(-1);
    return last?.space === space && last.interface === name && last.direction === direction;
  }

  private interface(space: string, name: string): WorldInterface | undefined {
    return this.spaces.get(space)?.interfaces.find((each) => each.name === name);
  }

  private add(space: string, name: string, direction: Point['direction'], packet: Packet, may = false): void {
    this.points.push({
      way: this.way, space, node: this.spaces.get(space)?.node ?? space, interface: name, direction, may, since: this.since,
      stack: [packet, ...this.inner.map((each) => each.packet)],
      tunnels: this.inner.map((each) => each.tunnel),
    });
    this.since = [];
  }
}

/** Whether what crosses a bridge comes out of the other port: the packet filter may stop it, or take it up to the kernel. */
function goesOnFrom(crossing: Extract<Event, { kind: 'cross' }>, next: Movement): boolean {
  return next.kind !== 'stop' && !(next.kind === 'enter' && next.space === crossing.space) && !(next.kind === 'wrap' && next.space === crossing.space && next.interface === crossing.to);
}

function isBridge(port: WorldInterface | undefined): boolean {
  return port?.kind === 'bridge' || port?.kind === 'openvswitch';
}

function takesFrames(port: WorldInterface): boolean {
  return port.tunnel?.kind === 'vxlan' || port.tunnel?.kind === 'gretap';
}
