/** What a rendered folder keeps of its lab, so that verbs work there without the files it was rendered from. */
import type { PlannedFile } from '../model/plan.js';
import type { Fragment } from '../source/include.js';
import type { VarsFile } from '../source/settings.js';

export interface Kept {
  readonly source: string;
  readonly stage: string | undefined;
  readonly settings: readonly string[];
  readonly fragments: readonly Fragment[];
  readonly vars: readonly VarsFile[];
  /** Whether the lab, in whichever stage, has something that only its owner may read: then so are these files. */
  readonly secret: boolean;
}

/** Included files lie here under the paths they are included by. */
export const KEPT_FRAGMENTS = '.labgen/include';

export const KEPT_VARS = '.labgen/vars';

/** Files of --vars by their number, from 0: whoever reads them again follows no path that a file says. */
export function keptVars(index: number): string {
  return `${KEPT_VARS}/${index + 1}.yaml`;
}

export function keptFiles(name: string, { source, stage, settings, fragments, vars, secret }: Kept): readonly PlannedFile[] {
  const file = (path: string, content: string): PlannedFile => ({ path, mode: secret ? 0o600 : 0o644, content });
  return [
    file('.labgen/lab.yaml', source),
    ...fragments.flatMap((each) => ('text' in each ? [file(`${KEPT_FRAGMENTS}/${each.path}`, each.text)] : [])),
    ...vars.map((each, index) => file(keptVars(index), each.text)),
    file('.labgen/render.json', `${JSON.stringify({ name, stage: stage ?? null, set: settings, ...(vars.length === 0 ? {} : { vars: vars.length }) }, null, 2)}\n`),
  ];
}
