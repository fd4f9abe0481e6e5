/** Nothing lost: death at every write, a full disk, a read-only folder, several renders at once. */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder } from '../support/context.js';
import { renderAtOnce } from './at-once.js';
import { dieEverywhere, SCENARIOS } from './deaths.js';
import type { Figures } from './figures.js';
import { dieElsewhere } from './other-deaths.js';
import { buildProgram } from './program.js';
import { fillDisks, hasMounts, refuseEverywhere, renderReadOnly } from './refusals.js';

export const title = 'Writes: kill -9 at each, a full disk, a read-only folder, two at once';

/** At 1 and below some of the writes; from 10 on each of them. */
export async function torture(scale: number, say: (line: string) => void): Promise<Figures> {
  const every = scale >= 10 ? 1 : Math.max(2, Math.round(13 / Math.max(scale, 0.1)));
  return inFolder(async (folder) => {
    // Another user is let in, to find that nothing can be written there.
    chmodSync(folder, 0o755);
    const program = await buildProgram(join(folder, 'program'));
    const figures = { kills: 0, leftovers: 0 };
    for (const [index, scenario] of SCENARIOS.entries()) {
      const { kills, leftovers } = await dieEverywhere(program, join(folder, `deaths-${index}`), scenario, every);
      say(`${scenario.title}: killed at ${kills} writes, ${leftovers} temporary files left by the dead, none after the next render`);
      figures.kills += kills;
      figures.leftovers += leftovers;
    }
    const others = await dieElsewhere(program, join(folder, 'others'), Math.ceil(every / 3));
    say(`new and fetch: killed at ${others} writes`);
    const refusals = await refuseEverywhere(program, join(folder, 'refused'), every);
    say(`the system refuses from some write on: ${refusals} times, each told in a sentence, nothing left`);
    const mounts = hasMounts();
    const disks = mounts ? await fillDisks(program, join(folder, 'disks'), scale >= 10 ? [4, 8, 12, 16, 20, 24, 28, 32, 40, 48] : [8, 24]) : 0;
    say(mounts ? `${disks} disks really filled up` : 'no disk was really filled: only root may mount one here');
    const readOnly = await renderReadOnly(program, join(folder, 'read-only'), mounts);
    say(`read-only folders: ${readOnly} verbs told so`);
    const { worked, told } = await renderAtOnce(program, join(folder, 'at-once'), Math.max(6, Math.round(6 * scale)));
    say(`several at once: ${worked} renders worked, ${told} were told who is at work`);
    // What the dead left is gone after the next render, or this would not have come so far.
    return { kills: figures.kills, 'temporary files cleared up': figures.leftovers, 'kills of new and fetch': others, refusals, 'full disks': disks, 'read-only folders': readOnly, 'renders at once': worked, 'told who is at work': told };
  });
}
