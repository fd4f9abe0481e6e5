/** Which family a rule of the lab is of: that of its addresses; without one, each that its node speaks. */
import { settings6 } from '../../model/container-networks6.js';
import { familyOf, type Family } from '../../model/family.js';
import type { Ground } from '../../model/ground.js';
import type { Tree } from '../../model/merge.js';
import { parseTarget } from './target.js';

/** The address of a node's first network with one of that family; undefined where the name is no node's. */
export function addressIn(ground: Ground, name: string, family: Family): string | undefined {
  const attachments = ground.node(name)?.attachments;
  return family === 4 ? attachments?.[0]?.address : attachments?.find((each) => each.address6 !== undefined)?.address6;
}

/** What a rule says of addresses, with its keys: addresses, networks and names of nodes. */
export function givenSides(source: Tree): readonly { readonly key: string; readonly text: string }[] {
  return ['source', 'destination', 'to'].flatMap((key) => (source[key] === undefined ? [] : [{ key, text: key === 'to' ? parseTarget(String(source[key])).host : String(source[key]) }]));
}

/** Of these the addresses: names of nodes are none. */
export function givenAddresses(ground: Ground, source: Tree): readonly { readonly key: string; readonly text: string; readonly family: Family }[] {
  return givenSides(source).flatMap(({ key, text }) => (ground.node(text) ? [] : [{ key, text, family: familyOf(text) }]));
}

export function familiesOf(ground: Ground, source: Tree, node: string): readonly Family[] {
  const given = source['family'] ?? givenAddresses(ground, source)[0]?.family;
  if (given === 4 || given === 6) return [given];
  const speaks = settings6(ground, node) !== undefined || addressIn(ground, node, 6) !== undefined;
  return speaks && givenSides(source).every(({ text }) => addressIn(ground, text, 6) !== undefined) ? [4, 6] : [4];
}
