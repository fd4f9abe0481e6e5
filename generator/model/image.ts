/** Names of images that are made on nodes. */
import type { Image } from './lab.js';

/** A swarm pulls whatever it can; an image made on the nodes gets a name that nobody could be asked for. */
export function localName(image: Image): string {
  return `localhost:1/${image.name}:${image.hash ?? 'latest'}`;
}
