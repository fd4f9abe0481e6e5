import assert from 'node:assert/strict';
import { LabFacts } from '../../generator/verify/facts.js';
import { Clock, container, FakeNodes, labOf, pipe, said } from './fakes.js';

const running = (name: string, networks: Readonly<Record<string, string>>, pid = 100) => ({ Name: `/${name}`, State: { Running: pid > 0, Pid: pid }, NetworkSettings: { Networks: Object.fromEntries(Object.entries(networks).map(([network, IPAddress]) => [network, { IPAddress }])) } });

describe('verify/facts', () => {
  const lab = labOf([container('c1', 'net-1'), container('c2', 'net-1', 'blue'), container('h', 'net-2', 'host'), container('side', 'net-1', 'container:c1'), container('ring', 'net-1', 'container:ring'), container('alone', 'net-1', 'none'), container('gone', 'net-1')]);
  let clock: Clock;
  let nodes: FakeNodes;
  let facts: LabFacts;
  beforeEach(async () => {
    clock = new Clock();
    nodes = new FakeNodes(() => said(JSON.stringify([running('c1', { bridge: '172.17.0.2', blue: '10.9.0.2' }), running('c2', { red: '10.8.0.3', blue: '10.9.0.3' }), running('side', {}, 7), running('alone', { none: '' }), running('gone', { bridge: '' }, 0), running('stranger', {})])));
    facts = new LabFacts(lab, nodes, clock.now);
    await facts.refresh(['net-1']);
  });

  it('knows where things live', () => {
    assert.deepEqual([facts.nodeOf('c1'), facts.nodeOf('net-2'), facts.pid('c1'), facts.pid('side'), facts.pid('gone'), facts.pid('nobody')], ['net-1', 'net-2', 100, 7, 0, 0]);
    assert.ok(facts.inspect('c1'));
    assert.equal(facts.inspect('h'), undefined);
  });

  it('gives the address the asker can use', () => {
    assert.equal(facts.address('net-2'), '10.1.0.2', 'the first one');
    assert.equal(facts.address('net-2', 'net-3'), '10.1.0.2', 'in a network both are on');
    assert.equal(facts.address('net-1', 'net-3'), '10.1.0.1');
    assert.equal(facts.address('c1'), '172.17.0.2', 'in the container\'s own network');
    assert.equal(facts.address('c1', 'net-2'), '172.17.0.2');
    assert.equal(facts.address('c1', 'c2'), '10.9.0.2', 'in the Docker network both are on');
    assert.equal(facts.address('h', 'net-1'), '10.1.0.2', 'host network: the node\'s');
    assert.equal(facts.address('side'), '172.17.0.2', 'a shared network: the other\'s');
    assert.deepEqual(['alone', 'gone', 'ring', 'nobody'].map((name) => facts.address(name)), [undefined, undefined, undefined, undefined]);
    assert.deepEqual([facts.address('192.0.2.1'), facts.address('fd00::1')], ['192.0.2.1', 'fd00::1']);
  });

  it('gives the address of pipework where Docker knows none, or where both ends share its bridge', async () => {
    const plugged = new LabFacts(labOf([...lab.containers], [pipe('alone', 'net-1', '10.9.9.1/24'), pipe('c1', 'net-1', '10.9.9.2/24')]), nodes, clock.now);
    await plugged.refresh(['net-1']);
    assert.equal(plugged.address('alone'), '10.9.9.1');
    assert.equal(plugged.address('alone', 'net-2'), '10.9.9.1');
    assert.equal(plugged.address('c1', 'alone'), '10.9.9.2', 'the bridge both are on');
    assert.equal(plugged.address('c1', 'c2'), '10.9.0.2', 'the Docker network both are on');
    assert.equal(plugged.address('c1', 'net-1'), '172.17.0.2');
  });

  it('asks each node once in two seconds, also when many ask', async () => {
    clock.time = 1999;
    await facts.refresh(['net-1']);
    assert.equal(nodes.asked.length, 1);
    clock.time = 2000;
    await Promise.all([facts.refresh(['net-1']), facts.refresh(['net-1']), facts.refresh(['net-2'])]);
    assert.equal(nodes.asked.length, 3);
  });

  it('tells why nothing is known', async () => {
    const asks = async (result: ReturnType<typeof said>): Promise<string | undefined> => {
      const broken = new LabFacts(lab, new FakeNodes(() => result), clock.now);
      await broken.refresh(['net-1']);
      return broken.trouble(['net-2', 'net-1']);
    };
    assert.equal(await asks(said('', 1, 'Cannot connect to the Docker daemon')), 'Docker on net-1 did not answer: Cannot connect to the Docker daemon');
    assert.equal(await asks({ code: undefined, stdout: '', stderr: '' }), 'Docker on net-1 did not answer: no end after 30 s');
    assert.equal(await asks(said('junk')), 'Docker on net-1 did not answer: its answer could not be read');
    assert.equal(await asks(said('')), undefined);
    assert.equal(await asks(said('[]', 1, 'Error: No such container: 1234')), undefined);
  });

  it('does not ask a node without Docker', async () => {
    const plain = { ...lab, nodes: lab.nodes.map((node) => ({ ...node, docker: false })) };
    const quiet = new FakeNodes(() => said('[]'));
    await new LabFacts(plain, quiet, clock.now).refresh(['net-1']);
    assert.deepEqual(quiet.asked, []);
  });
});
