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
import { writeAtomic } from '../../write/files.js';
import { refusal } from '../../write/refusal.js';
import type { Context } from '../context.js';
import { openLab, type LabOptions } from '../open-lab.js';

interface Options extends Omit<LabOptions, 'output'> {
  readonly format: 'svg' | 'mermaid' | 'dot' | 'ascii' | 'json';
  readonly asciiOnly?: boolean;
  readonly file?: string;
}

export function graph(context: Context, options: Options): ExitCode {
  const { lab } = openLab(context, options);
  if (!isDrawn(lab)) throw new Failure(2, `${lab.name} is too large for a picture`, 'A picture is for up to 50 nodes with 200 shapes in all; "labgen predict" tells of any lab who reaches whom.');
  const text = drawn(lab, topologyOf(lab, worldOf(lab, features)), options);
  if (options.file === undefined) context.out(text);
  else write(resolve(context.cwd, options.file), options.file, text);
  return 0;
}

function drawn(lab: Lab, topology: Topology, { format, asciiOnly }: Options): string {
  if (format === 'svg') return svgOf(topology);
  if (format === 'dot') return dotOf(topology);
  if (format === 'json') return `${JSON.stringify(topology, null, 2)}\n`;
  if (format === 'ascii') return asciiOf(topology, { only: asciiOnly === true });
  return mermaidOf(diagramOf(lab));
}

function write(path: string, file: string, text: string): void {
  try {
    writeAtomic(path, text);
  } catch (error) {
    if (['EISDIR', 'ENOTDIR', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw new Failure(2, `"${file}" is no place for a file`, 'A folder lies there, or a file where a folder would have to be: give another name, such as "-o lab.svg".');
    throw refusal(error, file, 'Nothing was written: give another place, or leave -o out to print the picture.');
  }
}
