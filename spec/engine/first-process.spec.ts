import assert from 'node:assert/strict';
import { isAlive, parseStat, readFirstProcess } from '../../generator/engine/first-process.js';
import { type FakePlaces, fakePlaces, statLine } from './fakes.js';

describe('engine/first-process', () => {
  let places: FakePlaces;
  beforeEach(() => (places = fakePlaces()));
  afterEach(() => places.remove());

  it('reads pid and start time past a name with blanks and brackets', () => {
    assert.deepEqual(parseStat(statLine(4711, 998877)), { pid: 4711, startTime: '998877', state: 'S' });
  });

  it('reads nothing from what is not a stat line', () => {
    for (const line of ['', '4711', '4711 (sh', 'x (sh) S 1 2 3']) assert.equal(parseStat(line), undefined);
  });

  it('reads the note of the first process: its mark and its network namespace', () => {
    places.put('run/0123456789/first-process', `${statLine(4711, 5)}net:[4026532301]\n`);
    assert.deepEqual(readFirstProcess(places, '0123456789'), { pid: 4711, startTime: '5', network: 'net:[4026532301]' });
  });

  it('holds it for alive while pid and start time are the same', () => {
    places.put('proc/4711/stat', statLine(4711, 5));
    assert.equal(isAlive(places, { pid: 4711, startTime: '5' }), true);
  });

  it('does not mistake a reused pid for it', () => {
    places.put('proc/4711/stat', statLine(4711, 600));
    assert.equal(isAlive(places, { pid: 4711, startTime: '5' }), false);
  });

  it('holds a zombie and a missing process for ended', () => {
    places.put('proc/4711/stat', statLine(4711, 5, 'Z'));
    assert.equal(isAlive(places, { pid: 4711, startTime: '5' }), false);
    assert.equal(isAlive(places, { pid: 4712, startTime: '5' }), false);
  });
});
