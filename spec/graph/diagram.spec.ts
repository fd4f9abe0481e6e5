import assert from 'node:assert/strict';
import { diagramOf, type Diagram } from '../../generator/graph/diagram.js';
import { isDrawn } from '../../generator/graph/limits.js';
import { mermaidOf } from '../../generator/graph/mermaid.js';
import { labOf, labText } from '../support/labs.js';

const drawn = (text: string, stage?: string): Diagram => diagramOf(labOf(text, stage));
/** Lines in words: `web - app`, `guest . web: shares its network`. */
function linesOf({ lines, ...shapes }: Diagram): readonly string[] {
  const labels = new Map(Object.values(shapes).flat().map((shape) => [shape.id, shape.label.split(' ')[0] ?? '']));
  return lines.map((line) => `${labels.get(line.from) ?? '?'} ${line.dashed ? '.' : '-'} ${labels.get(line.to) ?? '?'}${line.label === '' ? '' : `: ${line.label}`}`);
}

describe("the Mermaid diagram", () => {
  it('shows what each container is plugged into', () => {
    assert.deepEqual(linesOf(drawn(labText('pipework'))).slice(0, 4), ['cookbook - br0: eth1 192.168.1.10', 'guest - br0: net0 192.168.1.11', 'bare . host: no network', 'br0 - host']);
    assert.deepEqual(linesOf(drawn(labText('links'), 'network')).slice(0, 5), ['database - app', 'web - app', 'lb - app', 'stranger - host', 'app - host']);
    assert.deepEqual(linesOf(drawn(labText('custom-bridge'), 'custom')).slice(0, 2), ['web - cookbook', 'hidden - cookbook']);
    assert.deepEqual(linesOf(drawn(labText('custom-bridge'), 'default')).slice(0, 2), ['web - host', 'hidden - host']);
    assert.deepEqual(linesOf(drawn(labText('namespaces'))).slice(0, 4), ['alone . host: no network', 'as-host - host: host network', 'cookbook - host', 'guest . cookbook: shares its network']);
    assert.ok(linesOf(drawn(labText('ovs'), 'vlans')).includes('stranger - ovs-cookbook: eth1 10.0.0.12 VLAN 20'));
  });

  it('shows an overlay network once, and leads to no shape that is not there', () => {
    for (const name of ['swarm', 'everything', 'composed', 'gre', 'flannel', 'weave']) {
      const diagram = drawn(labText(name));
      const ids = [diagram.networks, diagram.nodes, diagram.switches, diagram.containers].flat().map((shape) => shape.id);
      assert.equal(new Set(ids).size, ids.length, name);
      assert.deepEqual(diagram.lines.flatMap((line) => [line.from, line.to]).filter((each) => !ids.includes(each)), [], name);
    }
    assert.equal(drawn(labText('swarm')).switches.length, 1);
  });

  it('keeps names apart that differ in a dash only', () => {
    const ids = drawn('lab: t\nnodes: { a: {} }\nbridges: { br-a: { node: a }, br_a: { node: a } }\n').switches.map((each) => each.id);
    assert.equal(new Set(ids).size, 2);
  });

  it('is lines that Mermaid reads', () => {
    const LABEL = '"[A-Za-z0-9 ._:/-]*"';
    const READABLE = new RegExp(`^(graph LR|  \\w+(\\(\\(${LABEL}\\)\\)|\\[${LABEL}\\]|\\[\\[${LABEL}\\]\\]|\\(\\[${LABEL}\\]\\))|  \\w+ (---|---\\|${LABEL}\\||-\\. ${LABEL} \\.-) \\w+)$`);
    const lines = mermaidOf(drawn(labText('everything'))).trimEnd().split('\n');
    assert.ok(lines.length > 10);
    assert.deepEqual(lines.filter((each) => !READABLE.test(each)), []);
  });

  it('is left out where it would be a blot', () => {
    assert.equal(isDrawn(labOf('lab: t\nnodes: { a: { count: 51 } }\n')), false);
    assert.equal(isDrawn(labOf(`lab: t\nnodes: { a: { count: 50 } }\ncontainers: { w0: { node: a }, w1: { node: a }, w2: { node: a }, w3: { node: a } }\n`)), false);
  });
});
