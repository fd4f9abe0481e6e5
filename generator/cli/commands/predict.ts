/** labgen predict [LAB]: who reaches whom, without booting anything. */
import type { ExitCode } from '../../model/failure.js';
import { Failure } from '../../model/failure.js';
import type { World } from '../../model/world.js';
import { contradictedChecks } from '../../plan/contradicted-checks.js';
import { features, placeOfCheck } from '../../plan/pipeline.js';
import { worldOf } from '../../plan/world.js';
import { MOST_IN_TABLE } from '../../predict/table.js';
import { matrixOf, pairsOf } from '../../predict/matrix.js';
import type { Wanted } from '../../predict/questions.js';
import { contradictionsText, matrixJson, matrixList, matrixSummary, matrixTable, type TellsOtherwise } from '../../report/matrix.js';
import type { Context } from '../context.js';
import { openLab, type LabOptions, type OpenLab } from '../open-lab.js';
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
  const open = openLab(context, options);
  const { lab } = open;
  const world = worldOf(lab, features);
  if (world.endpoints.length < 2) throw new Failure(2, `${lab.name} has only one who could ask`, 'A matrix needs two nodes or containers.');
  const wanted = {
    ...(options.from !== undefined && { from: endpointNamed(world, options.from).name }),
    ...(options.to !== undefined && { to: endpointNamed(world, options.to).name }),
  };
  const pairs = pairsOf(world, familiesOf(lab), wanted);
  const names = world.endpoints.map((each) => each.name);
  const whole = options.from === undefined && options.to === undefined;
  const otherwise = expectOtherwise(open, world, wanted);
  if (options.format === 'json') {
    inPieces(context, matrixJson(lab.stage, pairs, world.gaps, otherwise));
    return 0;
  }
  const list = options.list === true || (!whole && names.length > MOST_IN_TABLE);
  if (list) inPieces(context, matrixList(pairs, names));
  else if (names.length > MOST_IN_TABLE) context.out(matrixSummary(lab.name, lab.stage, pairs, world.gaps));
  else context.out(matrixTable({ lab: lab.name, stage: lab.stage, matrix: matrixOf(world, familiesOf(lab), wanted) }));
  // A list has a question a line, for programs to read.
  if (list) context.err(contradictionsText(otherwise));
  else context.out(contradictionsText(otherwise));
  return 0;
}

/** Checks that cannot hold if the prediction does, of what is asked about. */
function expectOtherwise({ lab, validated }: OpenLab, world: World, wanted: Wanted): readonly TellsOtherwise[] {
  return contradictedChecks(world, lab.checks)
    .filter(({ question }) => (wanted.from ?? question.from) === question.from && (wanted.to ?? question.to) === question.to)
    .map(({ check: { id, index }, ...pair }) => {
      const place = index === undefined ? undefined : placeOfCheck(validated, lab.stage, index);
      return { id, place: place && `${place.file}:${place.line}`, pair };
    });
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
