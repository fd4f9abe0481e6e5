/** A packet's way as the page shows it: namespace by namespace, with the interfaces it touches and the lines that make it so. */
import type { Event } from '../../predict/packet.js';
import type { Remedy } from '../../predict/remedies.js';
import type { Explanation } from '../../predict/simulate.js';
import { linesOf } from '../explanation.js';
import type { PageHop, PageLine, PagePath } from './data.js';
import type { PlacesOf } from './places.js';
import type { Texts } from './texts.js';

export function pathOf({ there, back }: Explanation, remedy: Remedy | undefined, texts: Texts, placesOf: PlacesOf): PagePath {
  return { there: hopsOf(there, texts, placesOf), back: hopsOf(back, texts, placesOf), ...(remedy && { remedy: remedy.steps }) };
}

/** A new one wherever the namespace changes. */
function hopsOf(events: readonly Event[], texts: Texts, placesOf: PlacesOf): readonly PageHop[] {
  const hops: { readonly space: string; readonly lines: PageLine[] }[] = [];
  // The file is named beside the words, not in them.
  for (const { event, line } of linesOf(events, (rule) => rule.by)) {
    if (event.kind === 'policy') continue;
    const last = hops.at(-1);
    const hop = last?.space === event.space ? last : { space: event.space, lines: [] };
    if (hop !== last) hops.push(hop);
    const [at, places] = [interfacesOf(event), placesOf(event)];
    hop.lines.push({ text: texts.add(line), kind: event.kind, ...(at.length > 0 && { at }), ...(places.length > 0 && { places }) });
  }
  return hops;
}

function interfacesOf(event: Event): readonly string[] {
  switch (event.kind) {
    case 'enter':
    case 'leave':
    case 'wrap':
    case 'unwrap': return [event.interface];
    case 'cross': return [...new Set([event.from, event.bridge, event.to])];
    case 'arrive': return event.interface === undefined ? [] : [event.interface];
    case 'route':
    case 'local':
    case 'rule':
    case 'policy':
    case 'translate':
    case 'stop': return [];
  }
}
