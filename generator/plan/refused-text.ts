/** From a text that no file could carry back to where the lab says it: what validation let through is still told as the lab's. */
import { isTree } from '../model/merge.js';
import { dotted, printable, type Path, type Problem } from '../model/problem.js';
import type { TemplateFailed } from '../model/template-failed.js';
import { parseLab } from '../source/parse.js';

/** Undefined where the lab does not say it: then the mistake is labgen's. `texts`: the lab's files by the names that problems have for them. */
export function refusedText({ text }: TemplateFailed, texts: ReadonlyMap<string, string>): Problem | undefined {
  if (text === undefined) return undefined;
  const [found] = [...texts]
    .flatMap(([file, content]) => {
      const parsed = parseLab(file, content);
      return saidIn(parsed.value, text, []).map(({ path, said }) => ({ said, place: parsed.locate(path) }));
    })
    .sort((a, b) => b.said.length - a.said.length);
  if (!found) return undefined;
  const shown = printable(found.said.length > 60 ? `${found.said.slice(0, 60)}…` : found.said);
  return { code: 'LG101', severity: 'error', ...found.place, path: dotted(found.place.path), message: `"${shown}" cannot stand in a file that is rendered from it`, hint: 'Use letters, digits and plain punctuation there; and please report that labgen did not say so before.' };
}

/** What no plain text has; without such a sign nothing is refused. */
const ODD = /[^A-Za-z0-9 ._:/,;=()'"+%-]/;

/** Texts that are the refused one, or part of it, or have it as a part. */
function saidIn(value: unknown, text: string, path: Path): { readonly path: Path; readonly said: string }[] {
  if (typeof value === 'string') return ODD.test(value) && (text.includes(value) || value.includes(text)) ? [{ path, said: value }] : [];
  if (Array.isArray(value)) return value.flatMap((each, index) => saidIn(each, text, [...path, index]));
  return isTree(value) ? Object.entries(value).flatMap(([key, each]) => saidIn(each, text, [...path, key])) : [];
}
