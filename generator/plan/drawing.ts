/** The picture of a lab for its output: as a file, and in characters for the handout. */
import type { Feature } from '../features/feature.js';
import { asciiOf } from '../graph/ascii.js';
import { isDrawn } from '../graph/limits.js';
import { svgOf } from '../graph/svg.js';
import { topologyOf } from '../graph/topology.js';
import type { Lab } from '../model/lab.js';
import { worldOf } from './world.js';

/** Beside the handout. */
export const PICTURE = 'topology.svg';

export interface Drawing {
  readonly svg: string;
  readonly characters: string;
}

/** False for a lab that is too large for a picture. */
export function drawingOf(lab: Lab, features: readonly Feature[]): Drawing | false {
  if (!isDrawn(lab)) return false;
  const topology = topologyOf(lab, worldOf(lab, features));
  return { svg: svgOf(topology), characters: asciiOf(topology).trimEnd() };
}
