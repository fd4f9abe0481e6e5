/** Reads the files a lab includes, and those they include: within the lab's own folder, plain files only, and not too many. */
import { lstatSync, readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { pathsIncluded, type Fragment } from '../source/include.js';
import { FRAGMENT, parseText } from '../source/parse.js';

export const MAX_FRAGMENTS = 200;
export const MAX_FRAGMENT_BYTES = 8 << 20;

class Refused extends Error {}

/** `first`: what the lab itself includes. Each file once; one that cannot be read is told where it is included. `shown` names a file in messages. */
export function readFragments(first: readonly string[], home: string, shown: (path: string) => string): readonly Fragment[] {
  const fragments = new Map<string, Fragment>();
  const waiting = [...first];
  let bytes = 0;
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    if (fragments.has(path)) continue;
    const file = shown(path);
    try {
      if (fragments.size >= MAX_FRAGMENTS) throw new Refused(`the lab includes more than ${MAX_FRAGMENTS} files`);
      const text = readPart(home, path, MAX_FRAGMENT_BYTES - bytes);
      bytes += Buffer.byteLength(text);
      fragments.set(path, { path, file, text });
      waiting.push(...pathsIncluded(parseText(file, text, FRAGMENT).value, path));
    } catch (error) {
      fragments.set(path, { path, file, problem: error instanceof Refused ? error.message : `it cannot be read: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}` });
      if (fragments.size > MAX_FRAGMENTS) break;
    }
  }
  return [...fragments.values()];
}

/** @throws Refused where it is no plain file inside the lab's folder, or larger than what is left. */
function readPart(home: string, path: string, left: number): string {
  const root = realpathSync(home);
  let real: string;
  try {
    real = realpathSync(join(home, path));
  } catch {
    throw new Refused('there is no such file');
  }
  if (!real.startsWith(root.endsWith(sep) ? root : root + sep)) throw new Refused('it leads out of the folder of the lab file');
  const stat = lstatSync(real);
  if (!stat.isFile()) throw new Refused('it is not a file');
  if (stat.size > left) throw new Refused(`what the lab includes is larger than ${MAX_FRAGMENT_BYTES >> 20} MiB`);
  return readFileSync(real, 'utf8');
}
