/** What rendering and error texts have to be, byte for byte; changed by `npm run golden -- --update` only. */
import { lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shippedLabs } from '../../generator/cli/find-lab.js';
import { parseSettings } from '../../generator/cli/settings.js';
import { readAssets } from '../../generator/cli/read-assets.js';
import { readFragments } from '../../generator/cli/read-fragments.js';
import { includedFiles, validateLab, wantedAssets, type Validated } from '../../generator/plan/pipeline.js';
import type { Problem } from '../../generator/model/problem.js';
import { formatProblems } from '../../generator/report/problems.js';
import { root } from './context.js';
import { labText, planFor, validated } from './labs.js';
import { filesBelow, writeInto } from './trees.js';

export const GOLDEN = join(root, 'spec/golden');
export const ERRORS = join(root, 'spec/errors');

interface GoldenLab {
  readonly folder: string;
  readonly lab: string;
  readonly stage?: string;
}

/** The last stage of every shipped lab, which is the lab itself; a new file in labs/ needs no line here. */
function lastStages(): readonly GoldenLab[] {
  return shippedLabs(root).map((lab) => {
    const stage = validated(labText(lab), `${lab}.yaml`).stages.at(-1)?.name;
    return stage === undefined ? { folder: lab, lab } : { folder: `${lab}-${stage}`, lab, stage };
  });
}

export const GOLDEN_LABS: readonly GoldenLab[] = [
  ...lastStages(),
  { folder: 'gre-closed', lab: 'gre', stage: 'closed' },
  { folder: 'flannel-host-gw', lab: 'flannel', stage: 'host-gw' },
  { folder: 'composed', lab: 'composed' },
  { folder: 'mesh', lab: 'mesh' },
  { folder: 'everything', lab: 'everything' },
  { folder: 'encapsulations-vxlan6', lab: 'encapsulations', stage: 'vxlan6' },
  { folder: 'encapsulations-wireguard', lab: 'encapsulations', stage: 'wireguard' },
];

interface Expected {
  readonly path: string;
  readonly content: string;
  readonly executable: boolean;
}

/** A leading dot is spelled out: a rendered .gitignore must not rule this repository, nor .yamllint our tools. */
function visible(path: string): string {
  return path.replaceAll(/(^|\/)\./g, '$1dot-');
}

export function renderedTree(lab: string, stage: string | undefined): readonly Expected[] {
  return planFor(labText(lab), lab, stage).map((file) => ({ path: visible(file.path), content: Buffer.from(file.content).toString('utf8'), executable: (file.mode & 0o100) !== 0 }));
}

/** What differs between the tree as rendered now and as kept; empty where nothing does. */
export function treeDifferences(folder: string, tree: readonly Expected[]): readonly string[] {
  const home = join(GOLDEN, folder);
  const kept = readOr(() => filesBelow(home), []);
  const differences = kept.filter((path) => !tree.some((file) => file.path === path)).map((path) => `${path}: no longer rendered`);
  for (const file of tree) {
    const old = readOr(() => readFileSync(join(home, file.path), 'utf8'), undefined);
    if (old === undefined) differences.push(`${file.path}: new`);
    else if (old !== file.content) differences.push(`${file.path}: ${firstDifference(old, file.content)}`);
    else if (((lstatSync(join(home, file.path)).mode & 0o100) !== 0) !== file.executable) differences.push(`${file.path}: executable or not`);
  }
  return differences;
}

function firstDifference(old: string, now: string): string {
  const [before, after] = [old.split('\n'), now.split('\n')];
  const line = before.findIndex((text, index) => text !== after[index]);
  const at = line < 0 ? before.length : line;
  return `line ${at + 1}\n    - ${before[at] ?? '(end)'}\n    + ${after[at] ?? '(end)'}`;
}

export function updateTree(folder: string, tree: readonly Expected[]): void {
  rmSync(join(GOLDEN, folder), { recursive: true, force: true });
  for (const file of tree) writeInto(join(GOLDEN, folder), file.path, file.content, file.executable ? 0o755 : 0o644);
}

export function errorCases(): readonly string[] {
  return readdirSync(ERRORS).filter((name) => name.endsWith('.yaml')).map((name) => name.slice(0, -5)).sort();
}

/** What `labgen validate` prints of a case; `# --set PATH=VALUE` and `# --vars FILE` lines at its top are the command line's. */
export function errorText(name: string): string {
  const file = `${name}.yaml`;
  const text = readFileSync(join(ERRORS, file), 'utf8');
  const { problems, texts } = validatedIn(file, text);
  return formatProblems(problems, texts, false);
}

export function errorProblems(name: string): readonly Problem[] {
  return problemsIn(`${name}.yaml`, readFileSync(join(ERRORS, `${name}.yaml`), 'utf8'));
}

export function problemsIn(file: string, text: string): readonly Problem[] {
  return validatedIn(file, text).problems;
}

/** With what `# --set PATH=VALUE`, `# --vars FILE`, `# --provider NAME` and `# --memory MIB` lines at the top of the lab say, and the files beside spec/errors. */
function validatedIn(file: string, text: string): Validated {
  const said = (flag: string): readonly string[] => [...text.matchAll(new RegExp(`^# ${flag} (.*)$`, 'gm'))].map((match) => match[1] ?? '');
  const settings = parseSettings(said('--set'));
  const beside = { fragments: readFragments(includedFiles(file, text), ERRORS, (path) => path), vars: said('--vars').map((path) => ({ file: path, text: readFileSync(join(ERRORS, path), 'utf8') })) };
  const [provider] = said('--provider');
  const host = { ...(provider === undefined ? {} : { provider }), memory: Number(said('--memory')[0] ?? 0) };
  return validateLab(file, text, settings, readAssets(wantedAssets(file, text, settings, beside), ERRORS), beside, host);
}

export function keptErrorText(name: string): string | undefined {
  return readOr(() => readFileSync(join(ERRORS, `${name}.txt`), 'utf8'), undefined);
}

export function updateErrorText(name: string): void {
  writeFileSync(join(ERRORS, `${name}.txt`), errorText(name));
}

function readOr<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
