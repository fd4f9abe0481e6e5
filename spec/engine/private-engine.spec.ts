import assert from 'node:assert/strict';
import { existsSync, mkdirSync, realpathSync, rmdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { engineId } from '../../generator/engine/places.js';
import { findEngine, leftovers, removeLeftover } from '../../generator/engine/private-engine.js';
import { writeState } from '../../generator/engine/state.js';
import { type FakePlaces, fakePlaces, fakeRun, statLine } from './fakes.js';

describe('engine/private-engine', () => {
  let places: FakePlaces;
  let folder: string;
  let id: string;

  /** The traces of an engine that was started as process 4711 at tick 5. */
  function leaveTraces(boot = 'this-boot'): void {
    writeState(places, { id, kind: 'docker', folder, emulated: false, boot });
    places.put(`run/${id}/first-process`, `${statLine(4711, 5)}net:[1]\n`);
  }

  beforeEach(() => {
    places = fakePlaces();
    mkdirSync(join(places.root, 'lab'));
    folder = realpathSync(join(places.root, 'lab'));
    id = engineId(folder, 'docker');
  });
  afterEach(() => places.remove());

  it('finds the running one, also through a symbolic link to the folder', async () => {
    leaveTraces();
    places.put('proc/4711/stat', statLine(4711, 5));
    symlinkSync(folder, join(places.root, 'link'));
    const engine = await findEngine(join(places.root, 'link'), places);
    assert.equal(engine?.id, id);
    assert.equal(engine?.pid, 4711);
    assert.equal(engine?.folder, folder);
    assert.deepEqual(engine?.env, {
      DOCKER_HOST: `unix://${join(places.run, id)}/docker.sock`,
      DOCKER_TLS_VERIFY: '',
      LABGEN_ENGINE: id,
    });
    assert.deepEqual(await leftovers(places), []);
  });

  it('knows from inside that nothing has to be entered', async () => {
    leaveTraces();
    mkdirSync(join(places.proc, 'self/ns'), { recursive: true });
    symlinkSync('net:[1]', join(places.proc, 'self/ns/net'));
    assert.deepEqual((await findEngine(folder, places))?.enter, []);
  });

  it('calls no other engine left from inside of one, where only the disks of others are seen', async () => {
    leaveTraces();
    places.put('lib/engines/0123456789/disk', '');
    assert.deepEqual((await leftovers(places)).map((each) => each.id).sort(), [id, '0123456789'].sort());
    mkdirSync(join(places.proc, 'self/ns'), { recursive: true });
    symlinkSync('net:[1]', join(places.proc, 'self/ns/net'));
    assert.deepEqual(await leftovers(places), []);
  });

  it('finds none where the pid belongs to another process now, and lists what is left', async () => {
    leaveTraces();
    places.put('proc/4711/stat', statLine(4711, 600));
    assert.equal(await findEngine(folder, places), undefined);
    const [left, ...others] = await leftovers(places);
    assert.deepEqual(others, []);
    assert.equal(left?.folder, folder);
    assert.match(left?.what ?? '', /private docker engine: first process 4711 is gone/);
  });

  it('finds none of another boot, even with the same pid and start time', async () => {
    leaveTraces('the boot before');
    places.put('proc/4711/stat', statLine(4711, 5));
    assert.equal(await findEngine(folder, places), undefined);
    assert.equal((await leftovers(places)).length, 1);
  });

  it('lists one that runs for a folder that is gone, where no verb finds it any more', async () => {
    leaveTraces();
    places.put('proc/4711/stat', statLine(4711, 5));
    rmdirSync(folder);
    assert.match((await leftovers(places))[0]?.what ?? '', /it runs, but its folder is gone/);
  });

  it('lists no folder that is not an engine', async () => {
    places.put('run/cache/file', '');
    places.put('run/something-else/file', '');
    assert.deepEqual(await leftovers(places), []);
  });

  it('removes what an ended one left, without ending the process that has its pid now', async function () {
    if (process.getuid?.() !== 0) this.skip(); // ending an engine needs root
    leaveTraces();
    places.put('proc/4711/stat', statLine(4711, 600));
    const { run, commands } = fakeRun();
    await removeLeftover(run, id, places);
    assert.deepEqual(commands.filter((command) => command.argv[0] === 'kill'), []);
    assert.equal(existsSync(join(places.run, id)), false);
    assert.equal(existsSync(join(places.data, id)), false);
  });
});
