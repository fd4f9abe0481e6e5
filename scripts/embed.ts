/** dist/index.mjs and its types: what a program gets that imports labgen. Apart from the bundles of the command line, which never load it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildOptions, Plugin } from 'esbuild';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const ENTRY = join(root, 'generator/embed/labgen.ts');

/** The layout engine is more than all else, and run only when a picture needs it. */
const engineLate: Plugin = {
  name: 'engine-late',
  setup(builder) {
    builder.onResolve({ filter: /^elkjs\// }, ({ path, namespace }) => (namespace === 'late' ? undefined : { path, namespace: 'late' }));
    builder.onLoad({ filter: /./, namespace: 'late' }, ({ path }) => ({ contents: `module.exports = { get Worker() { return require(${JSON.stringify(path)}).Worker; } };`, resolveDir: root }));
  },
};

export const embedOptions: BuildOptions & { readonly write: false } = {
  entryPoints: [ENTRY],
  write: false,
  bundle: true,
  // Nothing of Node's is looked up, but for what makes hashes.
  platform: 'neutral',
  mainFields: ['module', 'main'],
  external: ['node:crypto'],
  // The layout engine takes a web worker for one that is there for it alone, and would listen to its messages.
  define: { global: 'globalThis', self: 'undefined' },
  plugins: [engineLate],
  absWorkingDir: root,
  target: 'es2022',
  format: 'esm',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  charset: 'ascii',
  logLevel: 'warning',
};

/** The entry's own types are all there are: a declaration that leads out of it would lead nowhere in the package. */
export function embedTypes(): string {
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(readFileSync(ENTRY, 'utf8'), { fileName: ENTRY, reportDiagnostics: true, compilerOptions: { strict: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext } });
  if (diagnostics.length > 0) throw new Error(ts.formatDiagnostics(diagnostics, { getCanonicalFileName: (name) => name, getCurrentDirectory: () => root, getNewLine: () => '\n' }));
  if (/\bimport\b|\bfrom '/.test(outputText.replaceAll(/\/\*[^]*?\*\//g, ''))) throw new Error('generator/embed/labgen.ts: its declarations import types; write them out there');
  return outputText;
}
