/** labgen completion SHELL: the script that makes a shell ask labgen at each Tab. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExitCode } from '../../model/failure.js';
import type { Context } from '../context.js';

export function completion(context: Context, { shell }: { readonly shell: 'bash' | 'zsh' | 'fish' }): ExitCode {
  context.out(readFileSync(join(context.root, 'templates', 'completion', `labgen.${shell}`), 'utf8'));
  return 0;
}
