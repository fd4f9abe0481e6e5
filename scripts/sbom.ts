/** `npm run sbom [FILE]`: what the bundles are made of, as CycloneDX; the same lock file gives the same bytes. The build puts it beside the bundles. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

interface Bom {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** The packages that are shipped, by the lock file; nothing has to be installed. @throws Error with npm's own words. */
export function billOfMaterials(): Bom {
  const { status, stdout, stderr } = spawnSync('npm', ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'], { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 });
  if (status !== 0) throw new Error(`npm sbom: ${stderr || stdout}`);
  const { serialNumber: _number, metadata: { timestamp: _time, ...metadata }, ...bom } = JSON.parse(stdout) as Bom & { serialNumber?: string; metadata: { timestamp?: string } };
  // npm's own "--omit dev" leaves out what a tool of ours happens to need as well.
  const components = bom.components.filter(({ properties = [] }) => !properties.some(({ name }) => name === 'cdx:npm:package:development'));
  const kept = new Set([metadata.component, ...components].map((each) => each['bom-ref']));
  const dependencies = bom.dependencies.filter(({ ref }) => kept.has(ref)).map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => kept.has(each)) }));
  return { ...bom, metadata, components, dependencies };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = resolve(process.argv[2] ?? join(root, 'out/sbom.json'));
  const bom = billOfMaterials();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(bom, null, 2)}\n`);
  console.log(`${path}: ${bom.components.length} packages`);
}
