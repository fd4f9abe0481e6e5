/** What others wrote and labgen ships or is built with: exact versions, known bytes, and nothing of it runs when it is installed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judgeAudit } from '../scripts/audit.js';
import { billOfMaterials } from '../scripts/sbom.js';
import { root } from './support/context.js';

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const read = <T>(path: string): T => JSON.parse(readFileSync(join(root, path), 'utf8')) as T;
const own = read<{ readonly dependencies: Record<string, string>; readonly devDependencies: Record<string, string>; readonly scripts: Record<string, string>; readonly files: readonly string[] }>('package.json');
const lock = read<{ readonly lockfileVersion: number; readonly packages: Readonly<Record<string, Locked>> }>('package-lock.json').packages;
const others = Object.entries(lock).filter(([path]) => path !== '');

/** What is wrong with what the lock file says of one package. */
function faults([path, { version, integrity, resolved, link }]: readonly [string, Locked]): readonly string[] {
  return [
    ...(version !== undefined && /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version) ? [] : [`${path}: version ${version}`]),
    ...(integrity?.startsWith('sha512-') === true ? [] : [`${path}: integrity ${integrity}`]),
    // A URL would name whoever's registry the file was made with.
    ...(resolved === undefined ? [] : [`${path}: resolved ${new URL(resolved).host}`]),
    ...(link === true ? [`${path}: a link`] : []),
  ];
}

describe('the supply chain', () => {
  it('package.json names exact versions, and the lock file says the same', () => {
    const named = { ...own.dependencies, ...own.devDependencies };
    assert.deepEqual(Object.entries(named).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)), []);
    assert.deepEqual([lock['']?.dependencies, lock['']?.devDependencies], [own.dependencies, own.devDependencies]);
    for (const [name, version] of Object.entries(named)) assert.equal(lock[`node_modules/${name}`]?.version, version, name);
  });

  it('every package of the lock file is one version of known bytes, and of no particular registry', () => {
    assert.ok(others.length > 50);
    assert.deepEqual(others.flatMap(faults), []);
    assert.deepEqual(faults(['x', { version: '^1.0.0', integrity: 'sha1-x', resolved: 'https://npm.example/x.tgz', link: true }]), ['x: version ^1.0.0', 'x: integrity sha1-x', 'x: resolved npm.example', 'x: a link']);
  });

  it('what is installed here is what the lock file says', () => {
    const installed = read<{ readonly packages: Readonly<Record<string, Locked>> }>('node_modules/.package-lock.json').packages;
    for (const [path, { version, integrity }] of Object.entries(installed)) assert.deepEqual([version, integrity], [lock[path]?.version, lock[path]?.integrity], path);
    const missing = others.filter(([path, { optional }]) => optional !== true && installed[path] === undefined).map(([path]) => path);
    assert.deepEqual(missing, []);
  });

  it('nothing runs when it is installed, of others or our own', () => {
    const settings = readFileSync(join(root, '.npmrc'), 'utf8').split('\n');
    for (const line of ['ignore-scripts=true', 'save-exact=true', 'engine-strict=true']) assert.ok(settings.includes(line), line);
    assert.doesNotMatch(settings.join('\n'), /registry=|_auth|:\/\//i);
    assert.deepEqual(Object.keys(own.scripts).filter((name) => /^(pre|post)?(install|prepare)$|^dependencies$/.test(name)), []);
    // They have such scripts, and labgen works without: cpu-features and ssh2 build faster parts, esbuild looks for its program.
    assert.deepEqual(others.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path), ['node_modules/cpu-features', 'node_modules/esbuild', 'node_modules/ssh2']);
    for (const path of ['cpu-features/build', 'ssh2/lib/protocol/crypto/build']) assert.equal(existsSync(join(root, 'node_modules', path)), false, path);
  });

  it('the bill of materials names all that is shipped, with hashes, and is the same each time', function () {
    this.timeout(60_000);
    const bom = billOfMaterials();
    const shipped = others.filter(([, { dev, optional }]) => dev !== true && optional !== true).map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`);
    const named = bom.components.map(({ name, version }) => `${name}@${version}`);
    assert.ok(shipped.length > 10);
    assert.deepEqual(shipped.filter((each) => !named.includes(each)), []);
    assert.deepEqual(named.filter((each) => /^(mocha|eslint|typescript|esbuild)@/.test(each)), [], 'tools are not shipped');
    assert.deepEqual(bom.components.filter(({ hashes }) => hashes?.[0]?.alg !== 'SHA-512').map(({ name }) => name), []);
    assert.equal(JSON.stringify(billOfMaterials()), JSON.stringify(bom));
    assert.ok(own.files.includes('dist'));
    assert.deepEqual(read('dist/sbom.json'), bom, 'dist/ is not of this lock file: npm run build');
  });

  describe('npm run audit', () => {
    const clean = { auditReportVersion: 2, vulnerabilities: {}, metadata: { dependencies: { total: 70 } } };

    it('takes an empty list for clean, and names what is known', () => {
      assert.deepEqual(judgeAudit(JSON.stringify(clean), ''), { code: 0, said: 'audit: nothing is known against 70 packages' });
      assert.deepEqual(judgeAudit(JSON.stringify({ ...clean, vulnerabilities: { left: { severity: 'low', range: '<2.0.0', fixAvailable: false } } }), ''), { code: 1, said: 'low: left <2.0.0, no fix yet' });
    });

    it('takes no answer for none', () => {
      for (const [stdout, stderr] of [['', 'npm error 404'], ['{"error":{"code":"ENOAUDIT","summary":""}}', ''], ['{"message":"404 Not Found"}', ''], ['{}', ''], ['<html>', ''], [JSON.stringify({ ...clean, error: { summary: 'no' } }), '']] as const) {
        const { code, said } = judgeAudit(stdout, stderr);
        assert.deepEqual([code, said.startsWith('not checked: ')], [3, true], stdout);
      }
    });

    it('runs', function () {
      this.timeout(150_000);
      const { status, stdout } = spawnSync('npm', ['run', '--silent', 'audit'], { cwd: root, encoding: 'utf8' });
      assert.ok(status === 0 || (status === 3 && stdout.startsWith('not checked: ')), stdout);
    });
  });
});
