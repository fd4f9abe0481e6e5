/**
 * The files of dist/: a bundle holds what is needed at the same time, as what is read and compiled for nothing is most
 * of what a small render takes. A module of another bundle is looked at only when something of it is used.
 */
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { BuildOptions, Plugin } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const generator = join(root, 'generator');

const LIVE = ['up', 'verify', 'status', 'ssh', 'shell', 'down', 'doctor', 'box', 'lint', 'diff', 'fetch', 'fault'];

/** Each bundle with the modules that others reach it by: files of generator/, or packages. */
export const BUNDLES = {
  /** The command line, and a render that has nothing to do. */
  main: ['cli/bin'],
  /** From a lab's text to its files. */
  think: ['cli/open-lab', 'cli/commands/validate', 'cli/commands/schema', 'cli/commands/list', 'cli/commands/new', 'plan/pipeline', 'report/problems'],
  /** What is wrong with a lab. */
  wrong: ['schema/shape-problems', 'generated/shape-errors'],
  /** A shipped lab is not parsed. */
  yaml: ['yaml'],
  /** What a shell asks at each Tab. */
  complete: ['cli/commands/complete', 'cli/commands/completion'],
  /** Verbs on running labs. */
  live: [...LIVE.map((verb) => `cli/commands/${verb}`), 'cli/commands/verify-matrix'],
  /** The page of what a lab does. */
  report: ['cli/commands/report', 'cli/commands/serve'],
  /** What codes mean, and reports that tell it. */
  help: ['cli/commands/help', 'generated/explanations', 'report/problem-reports'],
  /** Who reaches whom, and why. */
  predict: ['cli/commands/predict', 'cli/commands/explain', 'plan/world', 'plan/stage-matrices', ...['containers', 'docker', 'flannel', 'pipework', 'swarm', 'weave'].map((feature) => `features/${feature}/world`)],
  /** Breaking a lab and grading its repair. */
  learn: ['cli/commands/break', 'cli/commands/grade', 'cli/commands/walk', 'cli/ask-line'],
  /** Packets on running labs, looked at one by one. */
  trace: ['cli/commands/trace', 'cli/commands/capture'],
  /** Pictures, and the engine that lays them out. */
  graph: ['cli/commands/graph', 'graph/svg', 'graph/ascii', 'graph/topology'],
  elk: ['graph/elk'],
  ssh: ['node-ssh'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Bundle = keyof typeof BUNDLES;

const HOMES = new Map(Object.entries(BUNDLES).flatMap(([bundle, modules]) => modules.map((module) => [module, bundle as Bundle] as const)));

/** Of generator/; else a package. */
const isFile = (module: string): boolean => module.includes('/');

/** Imports of what is in another bundle, or in a module of Node's that is hardly ever needed, become a look at it on first use. */
function apart(bundle: Bundle): Plugin {
  return {
    name: 'apart',
    setup(builder) {
      builder.onResolve({ filter: /./ }, ({ path, namespace, importer, resolveDir, kind }) => {
        if (namespace === 'apart') return { path, external: true };
        // For verbs that are programs of their own; we have none.
        if (path === 'node:child_process' && importer.includes('commander')) return { path, namespace: 'apart' };
        const module = path.startsWith('.') ? relative(generator, join(resolveDir, path)).replace(/\.js$/, '') : path;
        const home = HOMES.get(module);
        if (home === undefined || home === bundle || kind === 'entry-point') return undefined;
        return { path: module, namespace: 'apart', pluginData: kind };
      });
      builder.onLoad({ filter: /./, namespace: 'apart' }, async ({ path, pluginData }) => {
        const home = HOMES.get(path);
        const there = home === undefined ? `require('${path}')` : `require('./${home}.cjs')['${path}']`;
        // An import() is itself late.
        if (pluginData === 'dynamic-import') return { contents: `module.exports = ${there};` };
        const names = Object.keys((await import(isFile(path) ? pathToFileURL(join(generator, `${path}.${path.startsWith('generated/') ? 'js' : 'ts'}`)).href : path)) as object).filter((name) => name !== 'default');
        return { contents: `module.exports = { ${names.map((name) => `get ${name}() { return ${there}.${name}; }`).join(', ')} };` };
      });
    },
  };
}

/** Each is the text of a function: start.cjs gives it what a module gets, and V8's cache of it. */
export function bundleOptions(bundle: Bundle): BuildOptions {
  const modules: readonly string[] = BUNDLES[bundle];
  const contents = modules.map((module) => `export * as '${module}' from '${isFile(module) ? `./generator/${module}` : module}';`).join('\n');
  return {
    stdin: { contents, resolveDir: root, loader: 'ts' },
    outfile: join(root, 'dist', `${bundle}.cjs`),
    external: ['cpu-features', '*.node'],
    banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
    footer: { js: '})' },
    plugins: [apart(bundle)],
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    // One byte a sign: read and kept as they are.
    charset: 'ascii',
    logLevel: 'warning',
  };
}
