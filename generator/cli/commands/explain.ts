/** labgen explain LAB FROM TO: a packet's way hop by hop, both directions; labgen explain LAB --diff: what a stage changes. */
import { Failure, type ExitCode } from '../../model/failure.js';
import { features, labAt } from '../../plan/pipeline.js';
import { worldOf } from '../../plan/world.js';
import { differenceOf } from '../../predict/difference.js';
import { cureFor } from '../../predict/remedies.js';
import { simulator } from '../../predict/simulate.js';
import { explanationText } from '../../report/explanation.js';
import { differenceText } from '../../report/world-difference.js';
import type { Context } from '../context.js';
import { isRendered, namesLab } from '../find-lab.js';
import { openLab, outputFolder, type LabOptions, type OpenLab } from '../open-lab.js';
import { placesIn, questionOf, withoutLab, type Ends, type HowToAsk } from './asked.js';
import { familiesOf } from './predicted.js';

interface Options extends LabOptions, Ends, HowToAsk {
  /** Two stages. */
  readonly diff?: readonly string[];
  readonly format: 'text' | 'json';
}

export function explain(context: Context, given: Options): ExitCode {
  const options = given.diff === undefined ? withoutLab(given) : given;
  // Two words are the ends where the lab is known; here one of them is the lab.
  if (given.diff === undefined && options.lab === undefined && options.from !== undefined && namesLab(context, options.from) && !isRendered(outputFolder(context, options))) throw needsEnds();
  const open = openLab(context, options);
  if (options.diff !== undefined) return difference(context, open, options.diff, options.format);
  if (options.from === undefined || options.to === undefined) throw needsEnds();
  const { lab } = open;
  const world = worldOf(lab, features);
  const question = questionOf(world, options.from, options.to, options);
  const explanation = simulator(world).explain(question);
  const cure = cureFor(world, question);
  if (options.format === 'json') context.out(`${JSON.stringify({ stage: lab.stage ?? null, ...question, ...explanation.answer, remedy: cure.remedy?.steps ?? null }, null, 2)}\n`);
  else context.out(explanationText({ lab: lab.name, stage: lab.stage, question, explanation, cure, placeOf: placesIn(open), gaps: world.gaps }));
  return 0;
}

function needsEnds(): Failure {
  return new Failure(2, 'explain needs two ends', 'Give them after the lab, as in "labgen explain gre c1 c2", or two stages, as in "labgen explain gre --diff closed open".');
}

function difference(context: Context, open: OpenLab, stages: readonly string[], format: Options['format']): ExitCode {
  const [before, after] = stages.map((stage) => {
    const lab = labAt(open.validated, stage);
    if (typeof lab === 'string') throw new Failure(2, lab);
    return lab;
  });
  if (stages.length !== 2 || !before || !after) throw new Failure(2, '--diff needs two stages', 'As in "labgen explain gre --diff closed open".');
  const families = [...new Set([...familiesOf(before), ...familiesOf(after)])];
  const found = differenceOf(worldOf(before, features), worldOf(after, features), families);
  context.out(format === 'json' ? `${JSON.stringify(found, null, 2)}\n` : differenceText(`stage ${stages[0] ?? ''}`, `stage ${stages[1] ?? ''}`, found));
  return 0;
}
