/** The picture of a lab, for pages and files. */
import type { Lab } from '../model/lab.js';
import type { World } from '../model/world.js';
import { svgOf } from './svg.js';
import { topologyOf } from './topology.js';

/** SVG text. */
export function drawTopology(lab: Lab, world: World): Promise<string> {
  return Promise.resolve(svgOf(topologyOf(lab, world)));
}
