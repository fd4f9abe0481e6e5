/**
 * What the sources do not hold by hand, made into generator/generated/: the import list of features, the compiled
 * templates, the compiled schema, the shipped labs. Run by every build and test; never committed.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import Handlebars from 'handlebars';
import { orderFeatures } from '../generator/features/catalogue.js';
import type { Feature } from '../generator/features/feature.js';
import { bareExpressions } from '../generator/render/bare.js';
import { QUOTING } from '../generator/render/quote.js';
import { assembleSchema } from '../generator/schema/assemble.js';
import { parseLab } from '../generator/source/parse.js';

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

function features(): string {
  const names = featureFolders();
  const lines = names.map((name, index) => `import { feature as f${index} } from '../features/${name}/feature.js';`);
  return `// Made by scripts/generate.ts from the folders in generator/features.\nimport type { Feature } from '../features/feature.js';\n${lines.join('\n')}\n\nexport const found: readonly Feature[] = [${names.map((_name, index) => `f${index}`).join(', ')}];\n`;
}

function templates(): string {
  const known = Object.fromEntries([...Object.keys(QUOTING), 'each', 'if', 'unless'].map((name) => [name, true]));
  const entries = templateFiles().map((file) => {
    const text = readFileSync(join(root, 'templates', file), 'utf8');
    const bare = bareExpressions(text);
    if (bare.length > 0) throw new Error(`templates/${file}: ${bare.join(', ')} goes through no quoting helper (${Object.keys(QUOTING).join(', ')})`);
    const code = Handlebars.precompile(text, { strict: true, noEscape: true, knownHelpers: known, knownHelpersOnly: true, preventIndent: true });
    return `  ${JSON.stringify(file.replace(/\.hbs$/, ''))}: ${String(code)},`;
  });
  return `// Made by scripts/generate.ts from templates/.\n// @ts-nocheck\nexport const compiled = {\n${entries.join('\n')}\n};\n`;
}

/** The shipped labs as values. A lab with something wrong in it, or that JSON cannot carry, is parsed when it is used. */
function labs(): string {
  const entries = readdirSync(join(root, 'labs')).filter((name) => name.endsWith('.yaml')).sort().flatMap((name) => {
    const text = readFileSync(join(root, 'labs', name), 'utf8');
    const { value, problems } = parseLab(name, text);
    const json = JSON.stringify(value);
    return problems.length === 0 && isDeepStrictEqual(JSON.parse(json), value) ? [`  [${JSON.stringify(text)}, () => JSON.parse(${JSON.stringify(json)})],`] : [];
  });
  return `// Made by scripts/generate.ts from labs/.\nimport type { KnownLabs } from '../source/parse.js';\n\nexport const known: KnownLabs = new Map([\n${entries.join('\n')}\n]);\n`;
}

async function schema(): Promise<string> {
  const found = await Promise.all(featureFolders().map(async (name) => ((await import(pathToFileURL(join(root, 'generator/features', name, 'feature.ts')).href)) as { feature: Feature }).feature));
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, strict: true, strictTypes: false, strictRequired: false, validateFormats: false, validateSchema: true, code: { source: true, esm: true, lines: false } });
  ajv.addKeyword('form');
  const validate = ajv.compile(assembleSchema(orderFeatures(found), false));
  // ajv's helpers are CommonJS; in the ESM build they are imported instead of required.
  const code = standalone.default(ajv, validate)
    .replaceAll(/const (\w+) = require\("([^"]+)"\)\.default;/g, "import * as $1_m from '$2.js';\nconst $1 = $1_m.default?.default ?? $1_m.default;");
  if (code.includes('require(')) throw new Error('the compiled schema still requires a module');
  return `// Made by scripts/generate.ts from the features' schema fragments.\n// @ts-nocheck\n${code}`;
}

export async function generate(): Promise<void> {
  mkdirSync(target, { recursive: true });
  writeChanged(join(target, 'features.ts'), features());
  writeChanged(join(target, 'templates.ts'), templates());
  writeChanged(join(target, 'labs.ts'), labs());
  writeChanged(join(target, 'shape.js'), await schema());
  writeChanged(join(target, 'shape.d.ts'), "declare const check: import('../schema/shape.js').ShapeCheck;\nexport default check;\n");
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) await generate();
