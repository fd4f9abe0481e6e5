/** labgen predict [LAB]: who reaches whom, without booting anything. */
import type { ExitCode } from '../../model/failure.js';
import { Failure } from '../../model/failure.js';
import { features } from '../../plan/pipeline.js';
import { worldOf } from '../../plan/world.js';
import { MOST_IN_TABLE } from '../../predict/table.js';
import { matrixOf, pairsOf } from '../../predict/matrix.js';
import { matrixJson, matrixList, matrixSummary, matrixTable } from '../../report/matrix.js';
import type { Context } from '../context.js';
import { openLab, type LabOptions } from '../open-lab.js';
import { endpointNamed, familiesOf } from './predicted.js';

/** Characters. */
const PIECE = 65_536;

interface Options extends LabOptions {
  readonly from?: string;
  readonly to?: string;
  readonly list?: boolean;
  readonly format: 'text' | 'json';
}

export function predict(context: Context, options: Options): ExitCode {
  const { lab } = openLab(context, options);
  const world = worldOf(lab, features);
  if (world.endpoints.length < 2) throw new Failure(2, `${lab.name} has only one who could ask`, 'A matrix needs two nodes or containers.');
  const wanted = {
    ...(options.from !== undefined && { from: endpointNamed(world, options.from).name }),
    ...(options.to !== undefined && { to: endpointNamed(world, options.to).name }),
  };
  const pairs = pairsOf(world, familiesOf(lab), wanted);
  const names = world.endpoints.map((each) => each.name);
  const whole = options.from === undefined && options.to === undefined;
  if (options.format === 'json') inPieces(context, matrixJson(lab.stage, pairs, world.gaps));
  else if (options.list === true || (!whole && names.length > MOST_IN_TABLE)) inPieces(context, matrixList(pairs, names));
  else if (names.length > MOST_IN_TABLE) context.out(matrixSummary(lab.name, lab.stage, pairs, world.gaps));
  else context.out(matrixTable({ lab: lab.name, stage: lab.stage, matrix: matrixOf(world, familiesOf(lab), wanted) }));
  return 0;
}

/** Not line by line, and never all at once. */
function inPieces(context: Context, lines: Iterable<string>): void {
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < PIECE) continue;
    context.out(piece);
    piece = '';
  }
  context.out(piece);
}
