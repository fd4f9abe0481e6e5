/** labgen predict [LAB]: who reaches whom, without booting anything. */
import type { ExitCode } from '../../model/failure.js';
import { Failure } from '../../model/failure.js';
import { features } from '../../plan/pipeline.js';
import { worldOf } from '../../plan/world.js';
import { matrixOf } from '../../predict/matrix.js';
import { matrixJson, matrixList, matrixTable, MOST_IN_TABLE } from '../../report/matrix.js';
import type { Context } from '../context.js';
import { openLab, type LabOptions } from '../open-lab.js';
import { endpointNamed, familiesOf } from './predicted.js';

interface Options extends LabOptions {
  readonly from?: string;
  readonly to?: string;
  readonly list?: boolean;
  readonly format: 'text' | 'json';
}

export function predict(context: Context, options: Options): ExitCode {
  const { lab } = openLab(context, options);
  const world = worldOf(lab, features);
  const wanted = {
    ...(options.from !== undefined && { from: endpointNamed(world, options.from).name }),
    ...(options.to !== undefined && { to: endpointNamed(world, options.to).name }),
  };
  const matrix = matrixOf(world, familiesOf(lab), wanted);
  if (world.endpoints.length < 2) throw new Failure(2, `${lab.name} has only one who could ask`, 'A matrix needs two nodes or containers.');
  const titled = { lab: lab.name, stage: lab.stage, matrix };
  if (options.format === 'json') context.out(matrixJson(titled));
  else if (options.list === true || world.endpoints.length > MOST_IN_TABLE) context.out(matrixList(titled));
  else context.out(matrixTable(titled));
  return 0;
}
