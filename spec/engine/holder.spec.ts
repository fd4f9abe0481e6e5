import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { markOf, sightOf, type Here, type Mark } from '../../generator/engine/holder.js';
import { type FakePlaces, fakePlaces, statLine } from './fakes.js';

describe('engine/holder', () => {
  let places: FakePlaces;
  beforeEach(() => {
    places = fakePlaces();
    put('self', statLine(100, 9), 'pid:[1]');
  });
  afterEach(() => places.remove());
  const put = (name: string, stat: string, namespace?: string): void => {
    places.put(`proc/${name}/stat`, stat);
    mkdirSync(join(places.proc, name, 'ns'));
    if (namespace !== undefined) symlinkSync(namespace, join(places.proc, name, 'ns/pid'));
  };
  const here = (more: Partial<Here> = {}): Here => ({ places, pid: 100, host: 'h', insideEngine: false, isUsed: () => assert.fail('there is a /proc'), ...more });
  const mark = (more: Partial<Mark> = {}): Mark => ({ pid: 200, startTime: '5', namespace: 'pid:[1]', boot: 'this-boot', host: 'h', ...more });

  it('knows itself', () => assert.deepEqual(markOf(here()), { pid: 100, startTime: '9', namespace: 'pid:[1]', boot: 'this-boot', host: 'h' }));

  it('sees a process that lives, and neither a zombie, nor a pid used again, nor one that is gone', () => {
    put('200', statLine(200, 5), 'pid:[1]');
    put('201', statLine(201, 5, 'Z'), 'pid:[1]');
    assert.deepEqual(sightOf(mark(), here()), { state: 'alive', pid: 200 });
    for (const other of [{ startTime: '4' }, { pid: 201 }, { pid: 202 }]) assert.deepEqual(sightOf(mark(other), here()), { state: 'gone' });
  });

  it('a reboot ends everything; what another host does is unseen', () => {
    put('200', statLine(200, 5), 'pid:[1]');
    assert.deepEqual(sightOf(mark({ boot: 'before' }), here()), { state: 'gone' });
    assert.deepEqual(sightOf(mark({ host: 'other' }), here()), { state: 'unseen' });
  });

  it('sees from outside who is inside an engine, under the pid it has here', () => {
    put('200', statLine(200, 5), 'pid:[1]');
    put('345', statLine(345, 5), 'pid:[2]');
    assert.deepEqual(sightOf(mark({ namespace: 'pid:[2]', pid: 3 }), here()), { state: 'alive', pid: 345 });
    assert.deepEqual(sightOf(mark({ namespace: 'pid:[2]', pid: 3, startTime: '6' }), here()), { state: 'gone' });
    assert.deepEqual(sightOf(mark({ namespace: 'pid:[3]', pid: 200 }), here()), { state: 'gone' });
  });

  it('holds nobody for gone whom it could not see: from inside an engine, or without the right to look', () => {
    assert.deepEqual(sightOf(mark({ namespace: 'pid:[2]' }), here({ insideEngine: true })), { state: 'unseen' });
    put('300', statLine(300, 5), 'pid:[3]');
    chmodSync(places.root, 0o755);
    chmodSync(join(places.proc, '300/ns'), 0);
    // Root may look everywhere: for one question it is somebody else.
    const root = process.getuid?.() === 0;
    if (root) process.seteuid?.(65534);
    try {
      assert.deepEqual(sightOf(mark({ namespace: 'pid:[2]' }), here()), { state: 'unseen' });
      assert.deepEqual(sightOf(mark({ namespace: 'pid:[2]', startTime: '6' }), here()), { state: 'gone' });
    } finally {
      if (root) process.seteuid?.(0);
      chmodSync(join(places.proc, '300/ns'), 0o755);
    }
    assert.deepEqual(sightOf(mark({ namespace: 'pid:[2]' }), here()), { state: 'gone' });
  });

  it('asks for the pid alone where there is no /proc', () => {
    const nowhere = { ...places, proc: join(places.root, 'none') };
    const far = (used: boolean): Here => here({ places: nowhere, isUsed: (pid) => used && pid === 200 });
    const old = mark({ startTime: '', namespace: '', boot: '' });
    assert.deepEqual([sightOf(old, far(true)).state, sightOf(old, far(false)).state], ['alive', 'gone']);
    assert.deepEqual(markOf(far(true)), { pid: 100, startTime: '', namespace: '', boot: '', host: 'h' });
  });
});
