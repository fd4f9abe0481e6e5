/** Which family a rule of the lab is of: that of its addresses; without one, each that its node speaks. */
import { settings6 } from '../../model/container-networks6.js';
import { canonical, familyOf, type Family } from '../../model/family.js';
import type { Ground } from '../../model/ground.js';
import type { Tree } from '../../model/merge.js';

/** The address of a node's first network with one of that family; undefined where the name is no node's. */
export function addressIn(ground: Ground, name: string, family: Family): string | undefined {
  const attachments = ground.node(name)?.attachments;
  return family === 4 ? attachments?.[0]?.address : attachments?.find((each) => each.address6 !== undefined)?.address6;
}

/** `[fd00::1]:80`, `fd00::1`, `10.0.0.1:80`: without port and brackets. */
export function targetAddress(text: string): string {
  return /^\[(.*)\](:\d+)?$/.exec(text)?.[1] ?? (familyOf(text.replace(/:\d+$/, '')) === 4 ? text.replace(/:\d+$/, '') : text);
}

export function canonicalTarget(text: string): string {
  const address = targetAddress(text);
  return familyOf(address) === 4 ? text : text.replace(address, canonical(address) ?? address);
}

/** Addresses a rule gives, with their keys; names of nodes are none. */
export function givenAddresses(ground: Ground, source: Tree): readonly { readonly key: string; readonly text: string; readonly family: Family }[] {
  return ['source', 'destination', 'to'].flatMap((key) => {
    if (source[key] === undefined || ground.node(String(source[key]))) return [];
    const text = key === 'to' ? targetAddress(String(source[key])) : String(source[key]);
    return [{ key, text, family: familyOf(text) }];
  });
}

export function familiesOf(ground: Ground, source: Tree, node: string): readonly Family[] {
  const given = source['family'] ?? givenAddresses(ground, source)[0]?.family;
  if (given === 4 || given === 6) return [given];
  const named = ['source', 'destination'].flatMap((key) => (source[key] === undefined ? [] : [String(source[key])]));
  const speaks = settings6(ground, node) !== undefined || addressIn(ground, node, 6) !== undefined;
  return speaks && named.every((name) => addressIn(ground, name, 6) !== undefined) ? [4, 6] : [4];
}
