import assert from 'node:assert/strict';
import { engineId, isEngineId, PLACES, runDirOf } from '../../generator/engine/places.js';

describe('engine/places', () => {
  it('gives a folder and a kind always the same id, and other ones other ids', () => {
    assert.equal(engineId('/home/me/gre', 'docker'), engineId('/home/me/gre', 'docker'));
    assert.notEqual(engineId('/home/me/gre', 'docker'), engineId('/home/me/gre', 'libvirt'));
    assert.notEqual(engineId('/home/me/gre', 'docker'), engineId('/home/me/weave', 'docker'));
    assert.ok(isEngineId(engineId('/home/me/gre', 'docker')));
  });

  it('keeps socket paths below the 108 bytes of a Unix address, however long the folder is', () => {
    const id = engineId(`/${'very-long/'.repeat(50)}`, 'libvirt');
    assert.ok(Buffer.byteLength(`${runDirOf(PLACES, id)}/exec/containerd/containerd.sock`) < 108);
  });

  it('takes no other name for an engine', () => {
    for (const name of ['..', 'nodes', '4d225dd36', '4d225dd3644', '4D225DD364', '']) assert.equal(isEngineId(name), false);
  });
});
