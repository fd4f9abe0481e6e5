/** labgen graph LAB: the picture of a lab, as SVG or in a language that others draw. */
import { resolve } from 'node:path';
import { asciiOf } from '../../graph/ascii.js';
import { diagramOf } from '../../graph/diagram.js';
import { dotOf } from '../../graph/dot.js';
import { isDrawn } from '../../graph/limits.js';
import { mermaidOf } from '../../graph/mermaid.js';
import { svgOf } from '../../graph/svg.js';
import { topologyOf, type Topology } from '../../graph/topology.js';
import { Failure, type ExitCode } from '../../model/failure.js';
import type { Lab } from '../../model/lab.js';
import { features } from '../../plan/pipeline.js';
import { worldOf } from '../../plan/world.js';
import type { Context } from '../context.js';
import { refuseOthers, writeGiven, type Kind } from '../given-file.js';
import { openLab, type LabOptions } from '../open-lab.js';

interface Options extends Omit<LabOptions, 'output'> {
  readonly format: 'svg' | 'mermaid' | 'dot' | 'ascii' | 'json';
  readonly asciiOnly?: boolean;
  readonly file?: string;
  /** Write it though a file that is no picture of labgen's is there. */
  readonly force?: boolean;
}

/** Each language as labgen begins it. A drawing in characters has nothing that tells whose it is. */
const OURS = [/^<svg [^]{0,2000}<desc>Drawn by labgen\.<\/desc>/, /^graph LR\n {2}(net|node)_\w+[[(]/, /^graph ".*" \{\n {2}label=".*"; labelloc=b; rankdir=TB; fontname="sans-serif";\n/, /^\{\n {2}"lab": ".*",\n(.*\n){1,2} {2}"nodes": \[\n {4}\{\n {6}"name": ".*",\n {6}"note": /];
const KIND: Kind = { what: 'picture', flag: '-o', isOurs: (text) => OURS.some((each) => each.test(text)) };

export function graph(context: Context, options: Options): ExitCode {
  if (options.file !== undefined) refuseOthers(resolve(context.cwd, options.file), KIND, options.force);
  const { lab } = openLab(context, options, options.file !== undefined);
  if (!isDrawn(lab)) throw new Failure(2, `${lab.name} is too large for a picture`, 'A picture is for up to 50 nodes with 200 shapes in all; "labgen predict" tells of any lab who reaches whom.');
  const text = drawn(lab, topologyOf(lab, worldOf(lab, features)), options);
  if (options.file === undefined) context.out(text);
  else writeGiven(context, options.file, text, '-o');
  return 0;
}

function drawn(lab: Lab, topology: Topology, { format, asciiOnly }: Options): string {
  if (format === 'svg') return svgOf(topology);
  if (format === 'dot') return dotOf(topology);
  if (format === 'json') return `${JSON.stringify(topology, null, 2)}\n`;
  if (format === 'ascii') return asciiOf(topology, { only: asciiOnly === true });
  return mermaidOf(diagramOf(lab));
}
