/** `npm run build`: generated sources, then bundles that run with node alone, and V8's cache of what a render uses of them. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { BUNDLES, bundleOptions, type Bundle } from './bundles.js';
import { embedOptions, embedTypes } from './embed.js';
import { generate } from './generate.js';
import { readyPlans } from './ready-plans.js';
import { billOfMaterials } from './sbom.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

await generate();
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const names = Object.keys(BUNDLES) as Bundle[];
await Promise.all(names.map((name) => build(bundleOptions(name))));
copyFileSync(join(root, 'scripts/start.cjs'), join(dist, 'labgen.cjs'));
chmodSync(join(dist, 'labgen.cjs'), 0o755);
// The package is ESM; what lies in dist is not.
writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n');
const embedded = await build(embedOptions);
writeFileSync(join(dist, 'index.mjs'), embedded.outputFiles[0]?.contents ?? '');
writeFileSync(join(dist, 'index.d.mts'), embedTypes());
// What the bundles are made of goes with them.
writeFileSync(join(dist, 'sbom.json'), `${JSON.stringify(billOfMaterials(), null, 2)}\n`);
// Which build this is: a render is a pure function of the lab and of this.
const digest = createHash('sha256');
for (const name of names) digest.update(readFileSync(join(dist, `${name}.cjs`)));
const id = digest.digest('hex');
writeFileSync(join(dist, 'build-id'), id);
// What thinking would make of each shipped lab as it is.
mkdirSync(join(dist, 'plans'));
for (const { path, text } of await readyPlans(id)) writeFileSync(join(dist, path), text);
const maker = join(dist, 'make-caches.cjs');
const warm = mkdtempSync(join(tmpdir(), 'labgen-build-'));
try {
  // One blank line more than the shipped lab: V8 caches what this run uses, and that has to include the parser.
  writeFileSync(join(warm, 'lab.yaml'), `${readFileSync(join(root, 'labs/gre.yaml'), 'utf8')}\n`);
  // The same program, with a last act that the shipped one does not have. It lies in dist, because the bundles' names are in their caches.
  writeFileSync(maker, `${readFileSync(join(dist, 'labgen.cjs'), 'utf8')}\nprocess.on('exit', () => scripts.forEach((script, name) => require('node:fs').writeFileSync(\`\${process.env.CACHES}/\${name}.\${ABOUT}.cache\`, script.createCachedData())));\n`);
  mkdirSync(join(warm, 'caches'));
  const run = spawnSync(process.execPath, [maker, 'render', join(warm, 'lab.yaml'), '-o', join(warm, 'gre')], { env: { ...process.env, CACHES: join(warm, 'caches') }, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`the built labgen does not run: ${run.stderr}`);
  for (const name of readdirSync(join(warm, 'caches'))) copyFileSync(join(warm, 'caches', name), join(dist, name));
} finally {
  rmSync(warm, { recursive: true, force: true });
  rmSync(maker, { force: true });
}
