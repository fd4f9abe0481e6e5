/** Which interface of a running machine is the one that the world speaks of: Docker chooses the names of its cables' ends. */
import { addressPart, canonical } from '../model/family.js';
import type { World, WorldInterface } from '../model/world.js';
import type { RealInterface, SpaceRecording } from './recording.js';

export class Interfaces {
  private readonly real: ReadonlyMap<string, readonly RealInterface[]>;
  private readonly known = new Map<string, RealInterface | undefined>();
  private readonly names = new Map<string, string>();

  constructor(
    private readonly world: World,
    recordings: readonly SpaceRecording[],
  ) {
    this.real = new Map(recordings.map(({ space, interfaces }) => [space, interfaces]));
    for (const { space } of recordings) {
      for (const { name } of world.spaces.find((each) => each.name === space)?.interfaces ?? []) {
        const own = this.find(space, name);
        if (own) this.names.set(`${space} ${own.index}`, name);
      }
    }
  }

  /** Undefined where the machine has none that could be it. */
  find(space: string, name: string): RealInterface | undefined {
    const key = `${space} ${name}`;
    if (!this.known.has(key)) this.known.set(key, this.search(space, name));
    return this.known.get(key);
  }

  /** What an interface is called on its machine; a number where nothing is known of it. */
  realName(space: string, index: number): string {
    return this.real.get(space)?.find((each) => each.index === index)?.name ?? `interface ${index}`;
  }

  /** What the world calls an interface; undefined where the world has none of it. */
  worldName(space: string, index: number): string | undefined {
    return this.names.get(`${space} ${index}`) ?? (this.realName(space, index) === 'lo' ? 'lo' : undefined);
  }

  /** By an address of its own, by its name, or by what is at the other end of its cable. */
  private search(space: string, name: string): RealInterface | undefined {
    const all = this.real.get(space) ?? [];
    if (name === 'lo') return all.find((each) => each.name === 'lo');
    const wanted = this.world.spaces.find((each) => each.name === space)?.interfaces.find((each) => each.name === name);
    return (wanted && byAddress(wanted, all)) ?? all.find((each) => each.name === name) ?? (wanted && this.byCable(space, wanted, all));
  }

  private byCable(space: string, { name, wire }: WorldInterface, all: readonly RealInterface[]): RealInterface | undefined {
    if (wire === undefined) return undefined;
    const others = this.world.spaces.flatMap((each) => each.interfaces.filter((other) => other.wire === wire && !(each.name === space && other.name === name)).map((other) => ({ space: each.name, name: other.name })));
    const [other] = others;
    if (other === undefined || others.length !== 1 || other.space === space) return undefined;
    const far = this.real.get(other.space)?.find((each) => each.name === other.name) ?? this.byAddressIn(other.space, other.name);
    // Both ends name each other.
    return far && all.find((each) => each.index === far.peer && each.peer === far.index);
  }

  private byAddressIn(space: string, name: string): RealInterface | undefined {
    const wanted = this.world.spaces.find((each) => each.name === space)?.interfaces.find((each) => each.name === name);
    return wanted && byAddress(wanted, this.real.get(space) ?? []);
  }
}

function byAddress({ addresses }: WorldInterface, all: readonly RealInterface[]): RealInterface | undefined {
  const own = new Set(addresses.map((cidr) => canonical(addressPart(cidr))));
  const fitting = all.filter((each) => each.addresses.some((address) => own.has(canonical(address))));
  return fitting.length === 1 ? fitting[0] : undefined;
}
