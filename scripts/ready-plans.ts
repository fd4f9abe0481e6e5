/** The plans of the shipped labs, for a build to put beside its bundles: a render of one as it is need not think. */
import { fileURLToPath } from 'node:url';
import type { Context } from '../generator/cli/context.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** `build`: the id of the build they are of. The files of generator/generated/ have to be there. */
export async function readyPlans(build: string): Promise<readonly { readonly path: string; readonly text: string }[]> {
  // Late: what they import was generated a moment ago.
  const [{ askLab }, { shippedLabs }, { thinkLab }, { makeReady }] = await Promise.all([import('../generator/cli/ask-lab.js'), import('../generator/cli/find-lab.js'), import('../generator/cli/open-lab.js'), import('../generator/cli/ready-plan.js')]);
  const context: Context = {
    args: [], cwd: root, env: {}, root, self: [], version: '', build, isTerminal: false, colour: false, uid: 0,
    now: () => new Date(0), interrupt: new AbortController().signal, out: () => {}, err: (text) => void process.stderr.write(text),
  };
  return shippedLabs(root).flatMap((lab) => {
    const asked = askLab(context, { lab });
    return makeReady(context, asked, thinkLab(context, asked, root, false)) ?? [];
  });
}
