/**
 * What the sources do not hold by hand, made into generator/generated/: the import list of features, the compiled
 * templates, the compiled schema, the shipped labs. Run by every build and test; never committed.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import Handlebars from 'handlebars';
import { CODES } from '../generator/model/codes.js';
import type { Explanation } from '../generator/model/explanation.js';
import { orderFeatures } from '../generator/features/catalogue.js';
import type { Feature } from '../generator/features/feature.js';
import { bareExpressions } from '../generator/render/bare.js';
import { QUOTING } from '../generator/render/quote.js';
import { assembleSchema } from '../generator/schema/assemble.js';
import { parseLab } from '../generator/source/parse.js';
import { compileErrors, compileIsWrong } from './compile-schema.js';
import { pageModule } from './page.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'generator/generated');

export function featureFolders(): string[] {
  const folder = join(root, 'generator/features');
  return readdirSync(folder)
    .filter((name) => statSync(join(folder, name)).isDirectory())
    .sort();
}

export function templateFiles(): string[] {
  return (readdirSync(join(root, 'templates'), { recursive: true }) as string[]).filter((name) => name.endsWith('.hbs')).map((name) => name.replaceAll('\\', '/')).sort();
}

function writeChanged(path: string, content: string): void {
  try {
    if (readFileSync(path, 'utf8') === content) return;
  } catch {
    // Not there yet.
  }
  writeFileSync(path, content);
}

async function foundFeatures(): Promise<ReadonlyMap<Feature, string>> {
  return new Map(await Promise.all(featureFolders().map(async (folder) => [((await import(pathToFileURL(join(root, 'generator/features', folder, 'feature.ts')).href)) as { feature: Feature }).feature, folder] as const)));
}

/** In the order they resolve: it is the same for every lab. */
function features(ordered: readonly Feature[], folders: ReadonlyMap<Feature, string>): string {
  const lines = ordered.map((feature, index) => `import { feature as f${index} } from '../features/${folders.get(feature) ?? ''}/feature.js';`);
  return `// Made by scripts/generate.ts from the folders in generator/features.\nimport type { Feature } from '../features/feature.js';\n${lines.join('\n')}\n\nexport const features: readonly Feature[] = [${ordered.map((_feature, index) => `f${index}`).join(', ')}];\n`;
}

function templates(): string {
  const known = Object.fromEntries([...Object.keys(QUOTING), 'each', 'if', 'unless'].map((name) => [name, true]));
  const entries = templateFiles().map((file) => {
    const text = readFileSync(join(root, 'templates', file), 'utf8');
    const bare = bareExpressions(text);
    if (bare.length > 0) throw new Error(`templates/${file}: ${bare.join(', ')} goes through no quoting helper (${Object.keys(QUOTING).join(', ')})`);
    const code = Handlebars.precompile(text, { strict: true, noEscape: true, knownHelpers: known, knownHelpersOnly: true, preventIndent: true });
    // Each in a function: what is inside one that is never called costs nothing.
    return `  ${JSON.stringify(file.replace(/\.hbs$/, ''))}: () => (${String(code)}),`;
  });
  return `// Made by scripts/generate.ts from templates/.\n// @ts-nocheck\nexport const compiled = {\n${entries.join('\n')}\n};\n`;
}

/**
 * The shipped labs as values, found by their texts' lengths first: a text is only looked at where it may be the one.
 * A lab with something wrong in it, or that JSON cannot carry, is parsed when it is used.
 */
function labs(): string {
  const byLength = new Map<number, string[]>();
  for (const name of readdirSync(join(root, 'labs')).filter((each) => each.endsWith('.yaml')).sort()) {
    const text = readFileSync(join(root, 'labs', name), 'utf8');
    const { value, problems } = parseLab(name, text);
    const json = JSON.stringify(value);
    if (problems.length > 0 || !isDeepStrictEqual(JSON.parse(json), value)) continue;
    byLength.set(text.length, [...(byLength.get(text.length) ?? []), `[${JSON.stringify(text)}, ${JSON.stringify(json)}, ${JSON.stringify(name)}]`]);
  }
  const cases = [...byLength].map(([length, pairs]) => `  ${length}: () => [${pairs.join(', ')}],`);
  return `// Made by scripts/generate.ts from labs/.
import type { Tree } from '../model/merge.js';

const BY_LENGTH: Readonly<Record<number, () => readonly (readonly [text: string, json: string, file: string])[]>> = {
${cases.join('\n')}
};

function find(text: string): readonly [text: string, json: string, file: string] | undefined {
  return BY_LENGTH[text.length]?.().find((each) => each[0] === text);
}

export function known(text: string): Tree | undefined {
  const found = find(text);
  return found && (JSON.parse(found[1]) as Tree);
}

/** The file a text is shipped as. */
export function shippedAs(text: string): string | undefined {
  return find(text)?.[2];
}
`;
}

const NO_MATRICES = "// Made by scripts/generate.ts from labs/.\nimport type { StageMatrix } from '../plan/stage-matrices.js';\n\nexport function shippedMatrices(_file: string | undefined): readonly StageMatrix[] | undefined {\n  return undefined;\n}\n";

/** Who reaches whom in each stage of the shipped labs, as their handouts show it. Labs that bring files along are looked at when they are rendered. */
async function matrices(): Promise<string> {
  const { features, validateLab, wantedAssets } = (await import('../generator/plan/pipeline.js'));
  const { stageMatrices } = (await import('../generator/plan/stage-matrices.js'));
  const lines: string[] = [];
  for (const name of readdirSync(join(root, 'labs')).filter((each) => each.endsWith('.yaml')).sort()) {
    const text = readFileSync(join(root, 'labs', name), 'utf8');
    if (wantedAssets(name, text).length > 0) continue;
    lines.push(`  ${JSON.stringify(name)}: () => ${JSON.stringify(JSON.stringify(stageMatrices([...validateLab(name, text).labs.values()], features)))},`);
  }
  return `// Made by scripts/generate.ts from labs/.
import type { StageMatrix } from '../plan/stage-matrices.js';

const BY_FILE: Readonly<Record<string, () => string>> = {
${lines.join('\n')}
};

export function shippedMatrices(file: string | undefined): readonly StageMatrix[] | undefined {
  const made = file === undefined ? undefined : BY_FILE[file];
  return made && (JSON.parse(made()) as readonly StageMatrix[]);
}
`;
}

/** What runs on machines of a running lab, each by its file's name. */
function agents(): string {
  const folder = join(root, 'templates/agents');
  const lines = readdirSync(folder).sort().map((file) => `export const ${file.replace(/\.py$/, '')} = ${JSON.stringify(readFileSync(join(folder, file), 'utf8'))};\n`);
  return `// Made by scripts/generate.ts from templates/agents/.\n${lines.join('')}`;
}

/** codes/*.md: a paragraph, a wrong lab, a right one. */
export function explanations(): readonly Explanation[] {
  const folder = join(root, 'codes');
  return readdirSync(folder).sort().map((name) => {
    const code = name.replace(/\.md$/, '');
    const title: string | undefined = (CODES as Readonly<Record<string, string>>)[code];
    const [, text, wrong, right] = /^(\S[^]*?)\n\nWrong:\n\n```yaml\n([^]*?)```\n\nRight:\n\n```yaml\n([^]*?)```\n$/.exec(readFileSync(join(folder, name), 'utf8')) ?? [];
    if (title === undefined) throw new Error(`codes/${name}: there is no such code in generator/model/codes.ts`);
    if (text === undefined || wrong === undefined || right === undefined) throw new Error(`codes/${name}: needed is a paragraph, "Wrong:" with a lab, "Right:" with a lab`);
    return { code, title, text, wrong, right };
  });
}

export async function generate(): Promise<void> {
  mkdirSync(target, { recursive: true });
  const found = await foundFeatures();
  const ordered = orderFeatures([...found.keys()]);
  writeChanged(join(target, 'features.ts'), features(ordered, found));
  writeChanged(join(target, 'templates.ts'), templates());
  writeChanged(join(target, 'labs.ts'), labs());
  writeChanged(join(target, 'explanations.ts'), `// Made by scripts/generate.ts from codes/.\nimport type { Explanation } from '../model/explanation.js';\n\nexport const explanations: readonly Explanation[] = ${JSON.stringify(explanations(), null, 2)};\n`);
  writeChanged(join(target, 'agents.ts'), agents());
  writeChanged(join(target, 'page.ts'), await pageModule());
  const assembled = assembleSchema(ordered, false);
  writeChanged(join(target, 'shape-errors.js'), compileErrors(assembled));
  writeChanged(join(target, 'shape-errors.d.ts'), "export const check: import('ajv').ValidateFunction;\n");
  writeChanged(join(target, 'shape-wrong.js'), compileIsWrong(assembled));
  writeChanged(join(target, 'shape-wrong.d.ts'), 'export const isWrong: (value: unknown) => boolean;\n');
  // The whole of thinking is there now.
  const made = join(target, 'matrices.ts');
  if (!existsSync(made)) writeFileSync(made, NO_MATRICES);
  writeChanged(made, await matrices());
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) await generate();
