import assert from 'node:assert/strict';
import { parseSettings } from '../../generator/cli/settings.js';
import { composeSource, stageList } from '../../generator/source/lab-source.js';
import { splitPath } from '../../generator/source/settings.js';
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
    assert.equal(source.locate(['nodes', 'a', 'memory']).file, '--set nodes.a.memory=…');
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

describe('a setting', () => {
  const at = (...texts: readonly string[]): Record<string, unknown> => composeSource(parsed, 'one', parseSettings(texts)).value;

  it('sets items of lists and whole lists, and keys with dots', () => {
    assert.deepEqual((at('checks.1.within=5s')['checks'] as unknown[])[1], { tcp: { from: 'a', to: 'a', port: 1 }, within: '5s' });
    assert.deepEqual(at('checks=[]')['checks'], []);
    assert.deepEqual(at('nodes.a.sysctls["net.ipv4.ip_forward"]=1')['nodes'], { a: { memory: 1024, sysctls: { 'net.ipv4.ip_forward': 1 } } });
  });

  it('gives a declared variable its value, and keeps the rest of it', () => {
    const lab = parseLab('lab.yaml', 'lab: x\nvars: { m: { type: integer, default: 1 } }\nnodes: { a: { memory: { var: m } } }\n');
    const source = composeSource(lab, undefined, parseSettings(['vars.m=2']));
    assert.deepEqual([source.value['vars'], source.value['nodes']], [{ m: { type: 'integer', default: 2 } }, { a: { memory: 2 } }]);
  });
});

describe('what is said once for many', () => {
  const lab = parseLab('lab.yaml', `lab: x
defaults:
  nodes: { memory: 512, docker: { mtu: 1400 } }
  checks: { within: 60s }
nodes: { a: , b: { docker: { mtu: null, icc: false } }, c: { docker: false } }
namedChecks:
  one: { ping: { from: a, to: b }, why: w }
checks:
  - { use: one, expect: unreachable, within: 1s }
  - { use: one }
`);
  const source = composeSource(lab, undefined, []);

  it('is beneath every member: maps merge, null takes away', () => {
    assert.deepEqual(source.value['nodes'], { a: { memory: 512, docker: { mtu: 1400 } }, b: { memory: 512, docker: { icc: false } }, c: { memory: 512, docker: false } });
  });

  it('is a check wherever it is used, changed by what stands there', () => {
    assert.deepEqual(source.value['checks'], [{ ping: { from: 'a', to: 'b' }, why: 'w', expect: 'unreachable', within: '1s' }, { ping: { from: 'a', to: 'b' }, why: 'w', within: '60s' }]);
  });

  it('keeps the place of each part', () => {
    const places = [['nodes', 'a', 'memory'], ['nodes', 'b', 'docker', 'icc'], ['checks', 0, 'ping', 'to'], ['checks', 0, 'within'], ['checks', 1, 'within'], ['checks', 1]] as const;
    assert.deepEqual(places.map((path) => source.locate(path).path), ['defaults.nodes.memory', 'nodes.b.docker.icc', 'namedChecks.one.ping.to', 'checks[0].within', 'defaults.checks.within', 'namedChecks.one']);
  });
});
