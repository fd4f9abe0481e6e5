import assert from 'node:assert/strict';
import { replicas } from '../../generator/features/swarm/replicas.js';
import { swarm } from '../../generator/features/swarm/swarm-check.js';
import type { CheckKind, CommandResult, Expectation, Facts, Mutation, Reading, Subject } from '../../generator/model/check.js';
import type { Swarm } from '../../generator/model/lab.js';
import { labOf, said, swarmOf } from '../verify/fakes.js';

const WORKS: Expectation = { is: 'works' };
const value = (wanted: string | number): Expectation => ({ is: 'value', value: wanted });
const three = swarmOf('net-1', 'net-2', 'net-3');
const drained: Swarm = { ...three, members: three.members.map((each) => (each.node === 'net-3' ? { ...each, availability: 'drain' } : each)) };
const factsOf = (...swarms: readonly Swarm[]): Facts => ({ lab: { ...labOf(), swarms }, nodeOf: (name) => name, pid: () => 0, address: () => undefined, inspect: () => undefined });

function reads(kind: CheckKind, subject: Subject, result: CommandResult, expect = WORKS): Reading {
  const probe = kind.probe(subject, factsOf(three), expect);
  return 'notRun' in probe ? assert.fail(probe.notRun) : probe.read(result, undefined);
}
const NODES = said('net-1|Ready|Active|Leader\nnet-2|Ready|Active|\nnet-3|Down|Drain|\nnet-3|Ready|Drain|\nnet-4|Down|Active|\n');
const LOST = said('', 1, 'Error response from daemon: rpc error: code = Unknown desc = The swarm does not have a leader. It\'s possible that too few managers are online.');
const LEFT = said('', 1, 'Error response from daemon: This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.');

describe('the check "swarm"', () => {
  it('reads a node\'s state, role and availability off the manager\'s list', () => {
    const at = (subject: Subject): Reading => reads(swarm, subject, NODES);
    assert.deepEqual(at({ node: 'net-1' }), { state: 'works', value: 'ready', seen: 'ready, active, manager (leader)' });
    assert.deepEqual(at({ node: 'net-1', role: 'worker' }), { state: 'differs', value: undefined, seen: 'ready, active, manager (leader)' });
    assert.equal(at({ node: 'net-2', role: 'worker' }).state, 'works');
    assert.equal(at({ node: 'net-2', availability: 'drain' }).state, 'differs');
    assert.deepEqual(at({ node: 'net-4' }), { state: 'differs', value: 'down', seen: 'down, active, worker' });
    assert.deepEqual(at({ node: 'net-9' }), { state: 'unreachable', value: 'absent', seen: 'the swarm does not know it' });
  });

  it('takes the ready one of two entries of a node that left and came back', () => {
    assert.deepEqual(reads(swarm, { node: 'net-3', availability: 'drain' }, NODES), { state: 'works', value: 'ready', seen: 'ready, drain, worker' });
  });

  it('tells a swarm that is gone or without a leader from a question that could not be put', () => {
    assert.deepEqual(reads(swarm, { node: 'net-2' }, LOST), { state: 'unreachable', seen: 'the swarm has no leader' });
    assert.deepEqual(reads(swarm, { node: 'net-2' }, LEFT), { state: 'unreachable', value: 'absent', seen: 'the manager is in no swarm' });
    assert.equal(reads(swarm, { node: 'net-2' }, said('', 1, 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.')).state, 'not-run');
    assert.deepEqual(swarm.probe({ node: 'net-2' }, factsOf(), WORKS), { notRun: 'the lab has no swarm here' });
  });

  it('asks the node itself whether it is in none', () => {
    const at = (result: CommandResult): Reading => reads(swarm, { node: 'net-2' }, result, value('absent'));
    const probe = swarm.probe({ node: 'net-2' }, factsOf(), value('absent'));
    assert.equal('notRun' in probe ? '' : probe.command.node, 'net-2');
    assert.deepEqual(at(said('inactive\n')), { state: 'unreachable', value: 'absent', seen: 'the node is in no swarm' });
    assert.deepEqual(at(said('active\n')), { state: 'works', value: 'active', seen: 'the node is in a swarm: active' });
  });

  it('is broken without moving a task', () => {
    const mutation = swarm.mutation({ node: 'net-3', availability: 'drain' }, factsOf(drained), WORKS);
    assert.deepEqual([mutation?.break.argv.slice(-3), mutation?.mend.argv.slice(-3)], [['--availability', 'pause', 'net-3'], ['--availability', 'drain', 'net-3']]);
  });
});

describe('the check "replicas"', () => {
  const tasks = said('3\nnet-1 Running 5 minutes ago\nnet-2 Running 5 minutes ago\nnet-2 Preparing 2 seconds ago\n');

  it('counts tasks that run, in all or on one node', () => {
    const at = (subject: Subject, result = tasks): Reading => reads(replicas, { service: 'my-nginx', ...subject }, result);
    assert.deepEqual(at({}), { state: 'differs', value: 2, seen: '2 of 3 running: 1 on net-1, 1 on net-2' });
    assert.deepEqual(at({}, said('1\nnet-1 Running 1 second ago\n')), { state: 'works', value: 1, seen: '1 of 1 running: 1 on net-1' });
    assert.deepEqual(at({ node: 'net-2' }), { state: 'works', value: 1, seen: '1 running' });
    assert.deepEqual(at({ node: 'net-3' }), { state: 'differs', value: 0, seen: '0 running' });
    assert.equal(at({}, said('0\n')).state, 'differs');
  });

  it('knows a service that is not there from a manager that does not answer', () => {
    assert.deepEqual(reads(replicas, { service: 'my-nginx' }, said('[]\n', 1, 'Error: no such service: my-nginx')), { state: 'unreachable', value: 'absent', seen: 'there is no such service' });
    assert.deepEqual(reads(replicas, { service: 'my-nginx' }, LOST), { state: 'unreachable', seen: 'the swarm has no leader' });
    assert.equal(reads(replicas, { service: 'my-nginx' }, said('', 127, 'sh: docker: not found')).state, 'not-run');
  });

  it('is broken by scaling, or on a drained node by waking it', () => {
    const mutation = (subject: Subject, expect: Expectation, facts = factsOf(drained)): Mutation | undefined => replicas.mutation({ service: 'my-nginx', ...subject }, facts, expect);
    assert.deepEqual([mutation({}, WORKS)?.break.argv.at(-1), mutation({}, WORKS)?.mend.argv.at(-1)], ['my-nginx=0', 'my-nginx=5']);
    assert.deepEqual(mutation({ node: 'net-3' }, value(0))?.mend.argv.slice(-3), ['--availability', 'drain', 'net-3']);
    assert.equal(mutation({ node: 'net-2' }, value(0)), undefined);
    assert.equal(mutation({}, value('absent')), undefined);
    assert.equal(replicas.mutation({ service: 'other' }, factsOf(three), WORKS), undefined);
  });
});
