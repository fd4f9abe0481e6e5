/** `npm run build`: generated sources, then one bundle that runs with node alone. node-ssh is bundled apart and loaded late. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { generate } from './generate.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

await generate();
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

const common = {
  bundle: true,
  platform: 'node' as const,
  target: 'node20',
  format: 'cjs' as const,
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none' as const,
  charset: 'ascii' as const,
  logLevel: 'warning' as const,
  // TypeScript sources name their siblings with .js.
  absWorkingDir: root,
};

/**
 * Modules that are looked at only when something of theirs is used: yaml, which a shipped lab does not need, and what
 * commander would start a verb with that is a program of its own; we have none.
 */
const late: Plugin = {
  name: 'late',
  setup(builder) {
    builder.onResolve({ filter: /^(yaml|node:child_process)$/ }, ({ path, namespace, importer }) => (namespace === 'late' || (path !== 'yaml' && !importer.includes('commander')) ? undefined : { path, namespace: 'late' }));
    builder.onLoad({ filter: /.*/, namespace: 'late' }, async ({ path }) => {
      const names = Object.keys((await import(path)) as object).filter((name) => name !== 'default');
      return { contents: `module.exports = { ${names.map((name) => `get ${name}() { return require('${path}').${name}; }`).join(', ')} };`, loader: 'js', resolveDir: root };
    });
  },
};

/** Verbs on running machines need much that rendering does not: they are a bundle of their own. */
const LIVE = /^\.\/commands\/(up|verify|status|ssh|shell|down|doctor|box|lint|diff|fetch)\.js$/;

await build({
  ...common,
  entryPoints: { main: 'generator/cli/bin.ts' },
  outdir: dist,
  outExtension: { '.js': '.cjs' },
  plugins: [
    late,
    {
      name: 'live-verbs-apart',
      setup(builder) {
        builder.onResolve({ filter: LIVE }, (args) => ({ path: `./live.cjs?${args.path.slice(11, -3)}`, namespace: 'live' }));
        builder.onLoad({ filter: /.*/, namespace: 'live' }, (args) => ({ contents: `module.exports = require('./live.cjs')[${JSON.stringify(args.path.split('?')[1])}]`, loader: 'js' }));
        builder.onResolve({ filter: /^\.\/live\.cjs$/ }, () => ({ path: './live.cjs', external: true }));
      },
    },
  ],
});
await build({
  ...common,
  stdin: { contents: ['up', 'verify', 'status', 'ssh', 'shell', 'down', 'doctor', 'box', 'lint', 'diff', 'fetch'].map((name) => `export * as ${name} from './generator/cli/commands/${name}.js';`).join('\n'), resolveDir: root, loader: 'ts' },
  outfile: join(dist, 'live.cjs'),
  external: ['node-ssh', 'cpu-features'],
  plugins: [{ name: 'ssh-apart', setup: (builder) => void builder.onResolve({ filter: /^node-ssh$/ }, () => ({ path: './ssh.cjs', external: true })) }],
});
await build({ ...common, stdin: { contents: "export * from 'node-ssh';", resolveDir: root, loader: 'js' }, outfile: join(dist, 'ssh.cjs'), external: ['cpu-features', '*.node'] });
copyFileSync(join(root, 'scripts/start.cjs'), join(dist, 'labgen.cjs'));
chmodSync(join(dist, 'labgen.cjs'), 0o755);
// The package is ESM; what lies in dist is not.
writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n');
// Which build this is: a render is a pure function of the lab and of this.
writeFileSync(join(dist, 'build-id'), createHash('sha256').update(readFileSync(join(dist, 'main.cjs'))).digest('hex'));
const warm = mkdtempSync(join(tmpdir(), 'labgen-build-'));
try {
  const cache = join(warm, 'main.cache');
  // One blank line more than the shipped lab: V8 caches what this run uses, and that has to include the parser.
  writeFileSync(join(warm, 'lab.yaml'), `${readFileSync(join(root, 'labs/gre.yaml'), 'utf8')}\n`);
  const run = spawnSync(process.execPath, [join(dist, 'labgen.cjs'), 'render', join(warm, 'lab.yaml'), '-o', join(warm, 'gre')], { env: { ...process.env, LABGEN_WRITE_CACHE: cache }, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`the built labgen does not run: ${run.stderr}`);
  writeFileSync(join(dist, 'main.cache'), readFileSync(cache));
} finally {
  rmSync(warm, { recursive: true, force: true });
}
