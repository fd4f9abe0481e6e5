/** What the verbs that predict share. */
import { Failure } from '../../model/failure.js';
import type { Family } from '../../model/family.js';
import type { Lab } from '../../model/lab.js';
import { nearest } from '../../model/nearest.js';
import type { Endpoint, World } from '../../model/world.js';

export function familiesOf(lab: Lab): readonly Family[] {
  return lab.ipv6 === true ? [4, 6] : [4];
}

/** @throws Failure (exit 2) where the lab has none of this name. */
export function endpointNamed(world: World, name: string): Endpoint {
  const endpoint = world.endpoints.find((each) => each.name === name);
  if (endpoint) return endpoint;
  const names = world.endpoints.map((each) => each.name);
  const close = nearest(name, names);
  throw new Failure(2, `no node or container "${name}"`, `${close === undefined ? '' : `Did you mean "${close}"? `}There are: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}.`);
}
