import assert from 'node:assert/strict';
import { parseSettings } from '../../generator/cli/settings.js';
import { composeSource, splitPath, stageList } from '../../generator/source/lab-source.js';
import { parseLab } from '../../generator/source/parse.js';

const TEXT = `lab: x
nodes:
  a: { memory: 512 }
checks:
  - ping: { from: a, to: a }
stages:
  - name: one
    nodes: { a: { memory: 1024 } }
    checks:
      - tcp: { from: a, to: a, port: 1 }
  - name: two
`;
const parsed = parseLab('lab.yaml', TEXT);

describe('a composed source', () => {
  it('is the lab under its stage, under --set; stages themselves are gone', () => {
    const { value } = composeSource(parsed, 'one', parseSettings(['nodes.a.memory=2048']));
    assert.deepEqual(value['nodes'], { a: { memory: 2048 } });
    assert.equal((value['checks'] as unknown[]).length, 2);
    assert.equal(value['stages'], undefined);
  });

  it('is an overlay on the lab, not on the stage before', () => {
    assert.deepEqual(composeSource(parsed, 'two', []).value['nodes'], { a: { memory: 512 } });
  });

  it('knows the place of each path: in the stage where the stage says it', () => {
    const source = composeSource(parsed, 'one', []);
    assert.deepEqual(source.locate(['nodes', 'a', 'memory']), { file: 'lab.yaml', line: 8, column: 27, path: 'stages[0].nodes.a.memory' });
    assert.deepEqual(source.locate(['checks', 0, 'ping', 'to']), { file: 'lab.yaml', line: 5, column: 26, path: 'checks[0].ping.to' });
    assert.deepEqual(source.locate(['checks', 1, 'tcp', 'port']), { file: 'lab.yaml', line: 10, column: 38, path: 'stages[0].checks[0].tcp.port' });
    assert.equal(composeSource(parsed, 'two', []).locate(['nodes', 'a', 'memory']).line, 3);
  });

  it('points at --set for what --set said', () => {
    const source = composeSource(parsed, undefined, parseSettings(['nodes.a.memory=1']));
    assert.equal(source.locate(['nodes', 'a', 'memory']).file, '--set nodes.a.memory=1');
  });
});

describe('stageList', () => {
  it('passes over what is not a stage', () => {
    assert.deepEqual(stageList({ stages: [null, 7, 'x', [], {}, { name: 3 }, { name: 'ok' }] }).map((each) => [each.name, each.index]), [['ok', 6]]);
  });
});

describe('splitPath', () => {
  it('knows keys and indices', () => {
    assert.deepEqual(splitPath('checks[0].ping.to'), ['checks', 0, 'ping', 'to']);
    assert.deepEqual(splitPath('nodes.net-1.docker.flags.2'), ['nodes', 'net-1', 'docker', 'flags', 2]);
  });
});
