/** labgen list: the shipped labs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExitCode } from '../../model/failure.js';
import { parseLab } from '../../source/parse.js';
import { stageList } from '../../source/lab-source.js';
import type { Context } from '../context.js';
import { shippedLabs } from '../find-lab.js';

export function list(context: Context, options: { readonly format: 'text' | 'json' }): ExitCode {
  const labs = shippedLabs(context.root).map((name) => {
    const { value } = parseLab(name, readFileSync(join(context.root, 'labs', `${name}.yaml`), 'utf8'));
    return { lab: name, title: String(value['title'] ?? ''), stages: stageList(value).map((stage) => stage.name) };
  });
  if (options.format === 'json') context.out(`${JSON.stringify(labs, null, 2)}\n`);
  else {
    const width = Math.max(...labs.map((lab) => lab.lab.length));
    for (const lab of labs) context.out(`${lab.lab.padEnd(width)}  ${lab.title}${lab.stages.length > 0 ? `  [${lab.stages.join(' → ')}]` : ''}\n`);
  }
  return 0;
}
