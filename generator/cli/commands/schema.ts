/** labgen schema: one JSON Schema for editors, the same the command line checks by. */
import type { ExitCode } from '../../model/failure.js';
import { features } from '../../plan/pipeline.js';
import { assembleSchema } from '../../schema/assemble.js';
import { editorSchema } from '../../schema/editor.js';
import type { Context } from '../context.js';

export function schema(context: Context): ExitCode {
  context.out(`${JSON.stringify(editorSchema(assembleSchema(features, true)), null, 2)}\n`);
  return 0;
}
