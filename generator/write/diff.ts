/** What a render would change, as a unified diff. */
import { createTwoFilesPatch } from 'diff';
import type { Difference } from '../model/difference.js';
import type { PlannedFile } from '../model/plan.js';
import { survey } from './survey.js';

export function diffPlan(folder: string, plan: readonly PlannedFile[]): readonly Difference[] {
  const { files, orphans } = survey(folder, plan);
  const differences = files
    // Whatever the umask of a checkout was.
    .filter((each) => each.standing !== 'same' && each.modeOnly !== true)
    .map(({ file, current }): Difference => {
      // What only its owner may read is a secret: not on a terminal, nor in a log.
      if ((file.mode & 0o077) === 0) return { path: file.path, kind: current ? 'changed' : 'new', patch: `Files ${current ? `a/${file.path}` : '/dev/null'} and b/${file.path} differ (secret, not shown)\n` };
      if (isBinary(current) || isBinary(Buffer.from(file.content))) return { path: file.path, kind: current ? 'changed' : 'new', patch: `Binary files ${current ? `a/${file.path}` : '/dev/null'} and b/${file.path} differ\n` };
      if (current?.equals(Buffer.from(file.content)) === true) return { path: file.path, kind: 'changed', patch: `a/${file.path} ${(file.mode & 0o100) === 0 ? 'may be run, and b/' : 'may not be run, but b/'}${file.path} ${(file.mode & 0o100) === 0 ? 'may not' : 'may'}\n` };
      const patch = createTwoFilesPatch(current ? `a/${file.path}` : '/dev/null', `b/${file.path}`, current?.toString('utf8') ?? '', Buffer.from(file.content).toString('utf8'), undefined, undefined, { headerOptions: undefined });
      return { path: file.path, kind: current ? 'changed' : 'new', patch: patch.replace(/^=+\n/, '') };
    });
  return [...differences, ...orphans.map((path): Difference => ({ path, kind: 'removed', patch: `--- a/${path}\n+++ /dev/null\n` }))];
}

/** As git tells: a NUL among the first bytes. */
function isBinary(content: Buffer | undefined): boolean {
  return content?.subarray(0, 8000).includes(0) === true;
}
