import assert from 'node:assert/strict';
import { features } from '../../generator/plan/pipeline.js';
import { assembleSchema } from '../../generator/schema/assemble.js';
import { settingPath } from '../../generator/schema/setting-path.js';
import { splitPath } from '../../generator/source/settings.js';
import { validatedWith } from '../support/labs.js';

const schema = assembleSchema(features, false);
const read = (text: string): readonly unknown[] => { const { path, names } = settingPath(schema, splitPath(text)); return [path, names]; };

describe('the path of a setting', () => {
  it('names what has to be there: not a key of the language, not the last name', () => {
    assert.deepEqual(read('nodes.net-1.docker.mtu'), [['nodes', 'net-1', 'docker', 'mtu'], [1]]);
    assert.deepEqual(read('nodes.net-1'), [['nodes', 'net-1'], []]);
    assert.deepEqual(read('swarm.services.web.replicas'), [['swarm', 'services', 'web', 'replicas'], [2]]);
    assert.deepEqual(read('vars.mtu'), [['vars', 'mtu'], [1]]);
    assert.deepEqual(read('checks.0.within'), [['checks', 0, 'within'], []]);
  });

  it('puts a key with dots together where only such keys can stand', () => {
    assert.deepEqual(read('nodes.r.sysctls.net.ipv4.ip_forward'), [['nodes', 'r', 'sysctls', 'net.ipv4.ip_forward'], [1]]);
    assert.deepEqual(read('containers.c.env.A'), [['containers', 'c', 'env', 'A'], [1]]);
  });
});

describe('a setting for what only some stages have', () => {
  const TEXT = 'lab: x\nnodes: { n: {} }\nstages:\n  - name: none\n  - name: some\n    containers: { c1: { node: n } }\n';

  it('leaves the others as they are', () => {
    const { problems, labs } = validatedWith(TEXT, ['containers.c1.image=other']);
    assert.deepEqual(problems, []);
    assert.deepEqual([labs.get('none')?.containers.length, labs.get('some')?.containers[0]?.image], [0, 'other']);
  });

  it('changes an item of a list that only some stages have, and makes no map of it elsewhere', () => {
    const listed = `${TEXT}    groups: { all: [n, c] }\n`;
    assert.deepEqual(validatedWith(listed, ['groups.all.1=n']).problems.map((each) => each.code), ['LG041']);
    assert.deepEqual(validatedWith(listed, ['groups.all.3=n']).problems.filter(({ code }) => code === 'LG021').map((each) => each.file), ['--set groups.all.3=…']);
  });

  it('adds an item behind those of a list, but no check where stages add theirs', () => {
    const checked = 'lab: x\nnodes: { n: {} }\nchecks: [{ command: { node: n, run: "true" } }]\n';
    const added = 'checks.1={command: {node: n, run: "false"}, expect: "1"}';
    assert.deepEqual(validatedWith(checked, [added]).problems, []);
    assert.deepEqual(validatedWith(`${checked}stages: [{ name: one }, { name: two, nodes: { n: { memory: 2048 } } }]\n`, [added]).problems.map((each) => each.code), ['LG021']);
    assert.deepEqual(validatedWith(`${checked}stages: [{ name: one }, { name: two, nodes: { n: { memory: 2048 } } }]\n`, ['checks=[]', 'checks.0.within=10s']).problems.map((each) => each.path), ['checks[0].within']);
  });

  it('is an error where no stage has it', () => {
    assert.deepEqual(validatedWith(TEXT, ['containers.c2.image=other']).problems.map((each) => each.code), ['LG021']);
  });

  it('may still make the network that a lab need not write', () => {
    assert.equal(validatedWith('lab: x\nnodes: { n: {} }\n', ['networks.lan.subnet=192.168.57.0/24']).labs.get(undefined)?.networks[0]?.subnet, '192.168.57.0/24');
  });
});
