/**
 * A private dockerd for real. Needs root and docker.io, and fails without them: a proof that is skipped in silence is
 * none. LABGEN_NO_REAL=1 leaves it out on purpose.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Outcome, runCommand } from '../../generator/drivers/run-command.js';
import { engineCgroups } from '../../generator/engine/cgroups.js';
import { PLACES } from '../../generator/engine/places.js';
import { findEngine, leftovers, type PrivateEngine, startEngine, stopEngine } from '../../generator/engine/private-engine.js';

const log = (): void => undefined;
const start = (folder: string): Promise<PrivateEngine> =>
  startEngine({ run: runCommand, folder, kind: 'docker', useKvm: false, log });
const inside = (engine: PrivateEngine, ...argv: string[]): Promise<Outcome> =>
  runCommand({ argv: [...engine.enter, ...argv], env: engine.env, cwd: engine.folder });

/** Every process that is in one of these network namespaces. */
function processesIn(networks: readonly string[]): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && networks.includes(readlinkSync(`/proc/${pid}/ns/net`));
    } catch {
      return false; // it ended while we looked
    }
  });
}

function assertNothingLeft(engine: PrivateEngine, network: string): void {
  assert.deepEqual(processesIn([network]), []);
  assert.equal(existsSync(engine.runDir), false);
  assert.equal(existsSync(engine.dataDir), false);
  assert.deepEqual(engineCgroups(PLACES, engine.id), []);
}

/** Sockets and logs of an engine are for who started it; of the rest, others read that it runs. */
function assertOnlyOwners({ runDir, dataDir }: PrivateEngine): void {
  const open = (path: string): boolean => (statSync(path).mode & 0o006) !== 0;
  assert.deepEqual([runDir, dataDir].map((folder) => statSync(folder).mode & 0o777), [0o711, 0o711]);
  const sockets = readdirSync(runDir, { withFileTypes: true }).filter((entry) => entry.isSocket()).map((entry) => entry.name);
  assert.deepEqual(sockets, ['docker.sock']);
  const { uid, gid, mode } = statSync(join(runDir, 'docker.sock'));
  assert.deepEqual([uid, gid, mode & 0o007], [0, 0, 0]);
  const readable = readdirSync(runDir, { withFileTypes: true }).filter((entry) => entry.isFile() && open(join(runDir, entry.name))).map((entry) => entry.name);
  assert.deepEqual(readable.filter((name) => !['containerd.toml', 'daemon.json', 'docker.pid', 'first-process', 'state.json'].includes(name)), []);
}

describe('a real private dockerd', function () {
  this.timeout(120_000);
  const folders: string[] = [];

  before(function () {
    if (process.env['LABGEN_NO_REAL'] === '1') this.skip();
    folders.push(...['a', 'b'].map((name) => realpathSync(mkdtempSync(join(tmpdir(), `labgen ${name} `)))));
  });

  after(async () => {
    for (const folder of folders) {
      const engine = await findEngine(folder);
      if (engine) await stopEngine({ run: runCommand, engine, log });
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('runs twice at once with the same lab addresses, and leaves nothing', async () => {
    const engines = [await start(folders[0] ?? ''), await start(folders[1] ?? '')];
    const networks = engines.map((engine) => readlinkSync(`/proc/${engine.pid}/ns/net`));
    assert.equal(new Set([...networks, readlinkSync('/proc/self/ns/net')]).size, 3);
    for (const engine of engines) {
      assert.deepEqual(await start(engine.folder), engine); // idempotent
      const network = await inside(engine, 'docker', 'network', 'create', '--subnet', '192.168.56.0/24', 'lab');
      assert.equal(network.code, 0, network.stderr);
      assert.equal((await inside(engine, 'pwd')).stdout, `${engine.folder}\n`);
      assertOnlyOwners(engine);
      assert.match((await inside(engine, 'ip', '-4', 'addr', 'show', 'docker0')).stdout, /inet 100\.64\.0\.1\/20/);
    }
    for (const [index, engine] of engines.entries()) {
      await stopEngine({ run: runCommand, engine, log });
      assertNothingLeft(engine, networks[index] ?? '');
      assert.equal(await findEngine(engine.folder), undefined);
    }
  });

  it('ends with what is paused inside, on whichever level', async () => {
    const engine = await start(folders[0] ?? '');
    const network = readlinkSync(`/proc/${engine.pid}/ns/net`);
    await inside(engine, 'sh', '-c', 'sleep 617 >/dev/null 2>&1 &');
    const paused = processesIn([network]).find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8') === 'sleep\u0000617\u0000');
    const trees = engineCgroups(PLACES, engine.id);
    const freezer = trees.find((path) => path.includes('/freezer/')) ?? trees[0] ?? '';
    const group = join(freezer, 'container', 'container of it');
    mkdirSync(group, { recursive: true });
    writeFileSync(join(group, 'cgroup.procs'), paused ?? '');
    const [file, frozen] = existsSync(join(group, 'freezer.state')) ? ['freezer.state', 'FROZEN'] : ['cgroup.freeze', '1'];
    for (const each of [group, join(group, '..')]) writeFileSync(join(each, file), frozen);
    await stopEngine({ run: runCommand, engine, log });
    assertNothingLeft(engine, network);
  });

  it('is known as a leftover after a kill, and starts again', async () => {
    const engine = await start(folders[0] ?? '');
    process.kill(engine.pid, 'SIGKILL');
    for (let waited = 0; (await findEngine(engine.folder)) && waited < 50; waited++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.equal(await findEngine(engine.folder), undefined);
    assert.ok((await leftovers()).some(({ id, folder }) => id === engine.id && folder === engine.folder));
    const again = await start(engine.folder);
    const network = readlinkSync(`/proc/${again.pid}/ns/net`);
    assert.equal((await inside(again, 'docker', 'version')).code, 0);
    await stopEngine({ run: runCommand, engine: again, log });
    assertNothingLeft(again, network);
  });
});
