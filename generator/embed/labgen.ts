/**
 * What `import … from 'labgen'` gives: a lab's text in, problems and files out. Pure: no file system, process, clock or
 * network. Types stand here and not in model/, so that the package's declarations are this one file.
 */
import { clashesRefused, type Asset as ReadAsset, type AssetFile as ReadFile, type AssetWish } from '../model/asset.js';
import type { Problem as Found } from '../model/problem.js';
import { labAt, planOf, validateLab, wantedAssets, type Validated } from '../plan/pipeline.js';
import type { Fragment } from '../source/include.js';
import { splitPath, type Setting } from '../source/settings.js';

/** One thing that is wrong with a lab, where it is, and what to do about it. */
export interface Problem {
  /** A stable code such as LG012; `labgen help LG012` and docs/errors.md explain it. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** The file as `file` named it, one of `includes` in its folder, or `--set PATH=…`. */
  readonly file: string;
  /** 1-based; 0 where no place is known. */
  readonly line: number;
  /** 1-based, in UTF-16 units; 0 where no place is known. */
  readonly column: number;
  /** Into the lab, such as `nodes.net-1.docker.bip`. */
  readonly path: string;
  readonly message: string;
  /** What to do; may be empty. */
  readonly hint: string;
}

/** A file that lies beside a lab and goes with it, such as a Dockerfile. */
export interface AssetFile {
  readonly content: string | Uint8Array;
  readonly executable?: boolean;
}

export interface LabOptions {
  /** How problems and rendered files name the lab's file; `lab.yaml` where left out. */
  readonly file?: string;
  /** A stage of the lab; the last one where left out. */
  readonly stage?: string;
  /** Values over those of the lab, by their path: `{ 'nodes.net-1.docker.mtu': 1400 }`; `null` removes. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Files beside the lab, by their path from it: `{ 'images/web/Dockerfile': { content: 'FROM toolbox\n' } }`. */
  readonly assets?: Readonly<Record<string, AssetFile>>;
  /** Files that the lab includes, by their path from it: `{ 'shared/networks.yaml': 'networks: …' }`. */
  readonly includes?: Readonly<Record<string, string>>;
}

/** A file to write below a folder of your choice. */
export interface RenderedFile {
  /** Relative, with `/`; never leads out of the folder. */
  readonly path: string;
  /** Unix mode, such as 0o644. */
  readonly mode: number;
  /** Text; bytes as they came where they came from `assets`. */
  readonly content: string | Uint8Array;
}

export interface Rendered {
  readonly problems: readonly Problem[];
  /** None where a problem is an error. */
  readonly files: readonly RenderedFile[];
}

/** Everything that is wrong with a lab in any of its stages, in the file's order. Empty: it is valid. */
export function validate(text: string, options: LabOptions = {}): readonly Problem[] {
  return think(text, options).problems;
}

/** The files of a lab, the very bytes that `labgen render` writes. The same text and options give the same files, everywhere. */
export function render(text: string, options: LabOptions = {}): Rendered {
  const { problems, validated } = think(text, options);
  const lab = problems.some((problem) => problem.severity === 'error') ? undefined : labAt(validated, options.stage);
  if (lab === undefined || typeof lab === 'string') return { problems, files: [] };
  const decoder = new TextDecoder();
  const brought = new Set(validated.assets.flatMap((asset) => ('files' in asset ? asset.files.map((file) => file.content) : [])));
  const files = planOf(validated, lab, fileOf(options).split('/').at(-1) ?? 'lab.yaml');
  return { problems, files: files.map(({ path, mode, content }) => ({ path, mode, content: typeof content === 'string' || brought.has(content) ? content : decoder.decode(content) })) };
}

function fileOf({ file = 'lab.yaml' }: LabOptions): string {
  return file;
}

function think(text: string, options: LabOptions): { readonly problems: readonly Found[]; readonly validated: Validated } {
  const file = fileOf(options);
  const settings = Object.entries(options.set ?? {}).map(settingOf);
  const beside = { fragments: fragmentsOf(file, options.includes ?? {}), vars: [] };
  const assets = wantedAssets(file, text, settings, beside).map((wish) => assetOf(wish, options.assets ?? {}));
  const validated = validateLab(file, text, settings, clashesRefused(assets), beside);
  const { stage } = options;
  const known = stage === undefined || validated.stages.some((each) => each.name === stage) || validated.problems.some((problem) => problem.severity === 'error');
  const unknown: Found = { code: 'LG100', severity: 'error', file, line: 0, column: 0, path: '', message: known ? '' : String(labAt(validated, stage)), hint: '' };
  return { problems: known ? validated.problems : [unknown, ...validated.problems], validated };
}

/** Messages name them as they name the lab's file. */
function fragmentsOf(file: string, includes: Readonly<Record<string, string>>): readonly Fragment[] {
  const folder = file.slice(0, file.lastIndexOf('/') + 1);
  return Object.entries(includes).map(([path, text]) => ({ path: path.replace(/^\.\//, ''), file: folder + path, text }));
}

/** JSON is YAML, so that what a rendered folder remembers is what the command line would have been given. @throws TypeError */
function settingOf([path, value]: readonly [string, unknown]): Setting {
  const json = JSON.stringify(value) as string | undefined;
  if (!/^[A-Za-z0-9_.[\]-]+$/.test(path) || json === undefined) throw new TypeError(`set: ${JSON.stringify(path)} is not a path with a value: give keys and list indices, such as nodes.net-1.docker.mtu, and a value that JSON has`);
  return { text: `${path}=${json}`, path: splitPath(path), value: JSON.parse(json) as unknown };
}

function assetOf(wish: AssetWish, given: Readonly<Record<string, AssetFile>>): ReadAsset {
  const below = `${wish.path}/`;
  const found = Object.entries(given).map(([path, file]) => ({ path: path.replace(/^\.\//, ''), file })).filter(({ path }) => (wish.kind === 'folder' ? path.startsWith(below) : path === wish.path));
  if (found.length === 0) return { ...wish, problem: `nothing of it was given in "assets"` };
  const files = found.map(({ path, file }) => fileIn(wish.kind === 'folder' ? path.slice(below.length) : path.split('/').at(-1) ?? path, file));
  const bad = files.find((file) => !/^[A-Za-z0-9._@+-][A-Za-z0-9._@+ -]*(\/[A-Za-z0-9._@+-][A-Za-z0-9._@+ -]*)*$/.test(file.path) || file.path.split('/').some((part) => part === '.' || part === '..'));
  return bad ? { ...wish, problem: `the name ${JSON.stringify(bad.path)} has characters that not every tool takes` } : { ...wish, files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)) };
}

function fileIn(path: string, { content, executable }: AssetFile): ReadFile {
  return { path, mode: executable === true ? 0o755 : 0o644, content: typeof content === 'string' ? new TextEncoder().encode(content) : content };
}
