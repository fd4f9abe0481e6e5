/** The picture in the README: what labgen graph says of the lab gre. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { svgOf } from '../../generator/graph/svg.js';
import { topologyOf } from '../../generator/graph/topology.js';
import { features } from '../../generator/plan/pipeline.js';
import { worldOf } from '../../generator/plan/world.js';
import { root } from './context.js';
import { labOf, labText } from './labs.js';

const PATH = join(root, 'docs/gre.svg');

export function picture(): string {
  const lab = labOf(labText('gre'));
  return svgOf(topologyOf(lab, worldOf(lab, features)));
}

export function keptPicture(): string {
  return readFileSync(PATH, 'utf8');
}

export function updatePicture(): void {
  writeFileSync(PATH, picture());
}
