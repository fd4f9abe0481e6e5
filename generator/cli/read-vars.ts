/** Reads the files that --vars names. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '../model/failure.js';
import type { VarsFile } from '../source/settings.js';
import type { Context } from './context.js';

/** Values of variables; more than this is no such file. */
const MAX_BYTES = 1 << 20;

/** @throws Failure (exit 2) where one cannot be read. */
export function readVars(context: Context, files: readonly string[]): readonly VarsFile[] {
  return files.map((file) => {
    const path = resolve(context.cwd, file);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) throw new Failure(2, `there is no file ${file}`, '--vars takes the path of a YAML file of variables, such as "mtu: 1400".');
    if (!stat.isFile()) throw new Failure(2, `${file} is not a file`, '--vars takes the path of a YAML file of variables, such as "mtu: 1400".');
    if (stat.size > MAX_BYTES) throw new Failure(2, `${file} is larger than ${MAX_BYTES >> 20} MiB`, 'A file for --vars gives variables their values, and nothing else.');
    return { file, text: readFileSync(path, 'utf8') };
  });
}

/** Files given before, and those given now; of the same text the later one alone counts, as it wins. */
export function later(before: readonly VarsFile[], now: readonly VarsFile[]): readonly VarsFile[] {
  const all = [...before, ...now];
  return all.filter((each, index) => !all.slice(index + 1).some((other) => other.text === each.text));
}
