import assert from 'node:assert/strict';
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type EngineState, formatState, parseState, readState, writeState } from '../../generator/engine/state.js';
import { type FakePlaces, fakePlaces } from './fakes.js';

const STATE: EngineState = { id: '0123456789', kind: 'libvirt', folder: '/home/me/gre', emulated: true, boot: 'this-boot' };

describe('engine/state', () => {
  let places: FakePlaces;
  beforeEach(() => (places = fakePlaces()));
  afterEach(() => places.remove());

  it('reads what it wrote', () => {
    assert.deepEqual(parseState(formatState(STATE)), STATE);
  });

  it('takes nothing that labgen did not write', () => {
    const good = JSON.parse(formatState(STATE)) as Record<string, unknown>;
    const bad = [{ kind: 'podman' }, { version: 2 }, { folder: 7 }, { emulated: 'no' }, { boot: null }, { id: undefined }];
    for (const change of bad) assert.equal(parseState(JSON.stringify({ ...good, ...change })), undefined);
    for (const text of ['', 'null', '[]', '{"version":1', '"x"']) assert.equal(parseState(text), undefined);
  });

  it('still knows the engine when a reboot has emptied /run', () => {
    writeState(places, STATE);
    rmSync(places.run, { recursive: true });
    assert.deepEqual(readState(places, STATE.id), STATE);
  });

  it('keeps others out of its folders, and still lets them read that there is an engine', () => {
    writeState(places, STATE);
    for (const folder of [join(places.run, STATE.id), join(places.data, STATE.id)]) {
      assert.equal(statSync(folder).mode & 0o777, 0o711);
      assert.equal(statSync(join(folder, 'state.json')).mode & 0o777, 0o644);
    }
  });

  it('does not believe a state that names another engine', () => {
    places.put('run/aaaaaaaaaa/state.json', formatState(STATE));
    assert.equal(readState(places, 'aaaaaaaaaa'), undefined);
    assert.equal(existsSync(join(places.data, 'aaaaaaaaaa')), false);
  });
});
