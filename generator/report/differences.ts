/** Differences between a folder and its lab: as JSON, GitHub annotations and JUnit. */
import type { Difference } from '../model/difference.js';
import { annotation } from './github.js';
import { junitXml } from './xml.js';

/** `DIR/path` as one would type it. */
export type InFolder = (path: string) => string;

const SAYS = { new: 'is not there, and the lab has it', changed: 'is not what the lab says', removed: 'is there, and the lab no longer has it' } as const;
const NEXT = 'Render the lab again, and commit what changed.';

export function differencesJson(differences: readonly Difference[]): string {
  return `${JSON.stringify(differences, null, 2)}\n`;
}

export function differencesGithub(differences: readonly Difference[], inFolder: InFolder): string {
  return differences.map(({ path, kind, patch }) => annotation({ level: 'error', file: inFolder(path), line: kind === 'changed' ? firstLine(patch) : 0, title: 'labgen diff', message: `${inFolder(path)} ${SAYS[kind]}. ${NEXT}` })).join('');
}

/** Of the file as it lies there: the first one that would go, or the one before what would come. */
function firstLine(patch: string): number {
  const [, start = '', body = ''] = /^@@ -(\d+)(?:,\d+)? \+\S+ @@.*\n([^]*)$/m.exec(patch) ?? [];
  const before = body.split('\n').findIndex((line) => line.startsWith('-') || line.startsWith('+'));
  return start === '' ? 0 : Math.max(1, Number(start) + Math.max(0, before));
}

/** One case for each file of the lab, and for each that is there and should not be. */
export function differencesJunit(differences: readonly Difference[], paths: readonly string[], folder: string): string {
  const byPath = new Map(differences.map((each) => [each.path, each]));
  const cases = [...new Set([...paths, ...byPath.keys()])].map((path) => {
    const difference = byPath.get(path);
    const head = { classname: `diff ${folder}`, name: path, seconds: 0 };
    return difference ? { ...head, state: 'failed' as const, type: difference.kind, message: `${path} ${SAYS[difference.kind]}`, text: difference.patch } : { ...head, state: 'passed' as const };
  });
  return junitXml(`diff ${folder}`, [{ name: folder, cases, seconds: 0 }], 0);
}
