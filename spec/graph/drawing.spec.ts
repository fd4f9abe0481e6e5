import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asciiOf } from '../../generator/graph/ascii.js';
import { svgOf } from '../../generator/graph/svg.js';
import { topologyOf, type Topology } from '../../generator/graph/topology.js';
import { features } from '../../generator/plan/pipeline.js';
import { worldOf } from '../../generator/plan/world.js';
import { root } from '../support/context.js';
import { contentOf, labText, planFor, validated } from '../support/labs.js';
import { keptPicture, picture } from '../support/picture.js';
import { overlaps, readSvg, within, type Area, type Drawing, type Shape } from '../support/svg.js';

const topologies = (text: string): readonly Topology[] => [...validated(text).labs.values()].map((lab) => topologyOf(lab, worldOf(lab, features)));
const shipped = [...['labs', 'spec/labs'].flatMap((folder) => readdirSync(join(root, folder)).filter((name) => name.endsWith('.yaml')))].map((name) => name.replace('.yaml', ''));

/** What is drawn amiss, in words. */
function flaws({ size, rects, texts, lines }: Drawing): readonly string[] {
  const nodes = rects.filter((rect) => rect.kind === 'node');
  const boxes = rects.filter((rect) => rect.kind !== 'node' && rect.kind !== 'paper');
  const nodeOf = (shape: Shape): string | undefined => shape.groups.find((group) => group['data-node'] !== undefined)?.['data-node'];
  const name = (shape: Shape): string => shape.text || JSON.stringify(shape.groups.at(-1) ?? shape.kind);
  const pairs = <T extends Area>(all: readonly T[]): [T, T][] => all.flatMap((one, index) => all.slice(index + 1).filter((other) => overlaps(one, other)).map((other): [T, T] => [one, other]));
  return [
    ...[...rects, ...texts, ...lines].filter((each) => !within(each, size)).map((each) => `${name(each)} leaves the picture`),
    ...pairs(texts).map(([one, other]) => `the texts ${name(one)} and ${name(other)} overlap`),
    ...texts.filter((text) => text.box !== undefined && !within(text, text.box)).map((text) => `${name(text)} leaves its box`),
    ...pairs(nodes).map(([one, other]) => `the nodes ${name(one)} and ${name(other)} overlap`),
    ...pairs(boxes).map(([one, other]) => `the boxes ${name(one)} and ${name(other)} overlap`),
    ...boxes.filter((box) => nodeOf(box) !== undefined && !nodes.some((node) => nodeOf(node) === nodeOf(box) && within(box, node))).map((box) => `${name(box)} leaves its node`),
    ...boxes.filter((box) => nodeOf(box) === undefined && nodes.some((node) => overlaps(node, box))).map((box) => `the label ${name(box)} lies on a node`),
    // A text without a box of its own stands on the node, beside the boxes.
    ...texts.filter((text) => text.box?.kind === 'node' && boxes.some((box) => overlaps(text, box))).map((text) => `${name(text)} lies on a box`),
    ...lines.flatMap((line) => boxes.filter((box) => crosses(line, box)).map((box) => `a line of ${name(line)} runs through ${name(box)}`)),
    ...lines.filter((line) => nodeOf(line) === undefined && nodes.some((node) => line.width > 0 && overlaps(grown(line), node))).map((line) => `a line of ${name(line)} runs over a node`),
    ...lines.flatMap((line) => texts.filter((text) => text.box?.kind === 'node' && overlaps(grown(line), text)).map((text) => `a line of ${name(line)} runs through ${name(text)}`)),
  ];
}

const grown = ({ x, y, width, height }: Area): Area => ({ x: x - 0.5, y: y - 0.5, width: width + 1, height: height + 1 });

/** A line may end at the edge of a box, and at the label of its own hub; it may not go on beyond. */
function crosses(line: Shape, box: Shape): boolean {
  const hub = line.groups.find((group) => group['data-hub'] !== undefined);
  if (hub !== undefined && box.groups.includes(hub)) return false;
  const inner = { x: box.x + 1, y: box.y + 1, width: box.width - 2, height: box.height - 2 };
  return overlaps(grown(line), inner, 0.6);
}

/** `count` Docker nodes, each with containers, in a full mesh of tunnels. */
const mesh = (count: number, kind: string): string => `
lab: t
networks: { underlay: { subnet: 192.168.56.0/24 } }
nodes: { n: { count: ${count} } }
tunnels: { all: { kind: ${kind}, ends: [${Array.from({ length: count }, (_none, index) => `n-${index + 1}`).join(', ')}], carries: docker } }
containers: { web: { node: n, ports: ["8080:80"] } }
`;

/** `count` nodes on two networks, with bridges, and as many containers on the first one. */
const crowd = (count: number): string => `
lab: t
networks: { lan: { subnet: 192.168.56.0/24, mtu: 1400 }, a-network-with-a-long-name: { subnet: 192.168.57.0/24, subnet6: "fd00:57::/64" } }
defaults: { nodes: { networks: { lan: auto, a-network-with-a-long-name: auto } } }
nodes: { first: {}${count > 1 ? `, other-with-a-long-name: { count: ${count - 1} }` : ''} }
bridges: { br-lab: { node: first, address: 10.0.0.1/24 } }
containers:
${Array.from({ length: count }, (_none, index) => `  c${index}: { node: first, network: ${['bridge', 'none', 'host', 'bridge'][index % 4]}${index % 4 === 2 ? '' : `, pipework: { bridge: br-lab, address: 10.0.0.${index + 10}/24 }`} }`).join('\n')}
`;

describe('pictures', function () {
  this.timeout(240_000);

  it('overlap nowhere in any stage of any lab of ours', () => {
    for (const name of shipped) for (const topology of topologies(labText(name))) assert.deepEqual(flaws(readSvg(svgOf(topology))), [], `${name} ${topology.stage ?? ''}`);
  });

  it('overlap nowhere in meshes and crowds of 1 to 20 nodes', () => {
    for (let count = 1; count <= 20; count++) {
      for (const text of [...(count > 1 ? [mesh(count, count % 2 === 0 ? 'gre' : 'vxlan')] : []), crowd(count)]) for (const topology of topologies(text)) assert.deepEqual(flaws(readSvg(svgOf(topology))), [], text);
    }
  });

  it('show each interface, bridge, container and link of the lab where it can be found by its name', () => {
    for (const name of shipped) {
      for (const lab of validated(labText(name)).labs.values()) {
        const world = worldOf(lab, features);
        const svg = svgOf(topologyOf(lab, world));
        const found = (attribute: string): ReadonlySet<string> => new Set([...svg.matchAll(new RegExp(` ${attribute}="([^"]*)"`, 'g'))].flatMap(([, value = '']) => value.split(' ')));
        const spaces = found('data-space');
        const interfaces = found('data-interface');
        const links = found('data-link');
        for (const space of world.spaces) {
          assert.ok(spaces.has(space.name), `${name}: ${space.name}`);
          for (const each of space.interfaces) {
            if (each.kind === 'uplink') continue;
            assert.ok(interfaces.has(`${space.name}/${each.name}`), `${name}: ${space.name}/${each.name}`);
            if (each.wire?.startsWith('network ') === true || each.wire?.startsWith('cable ') === true || each.tunnel !== undefined || each.master !== undefined) assert.ok(links.has(`${space.name}/${each.name}`), `${name}: ${space.name}/${each.name} has no link`);
          }
        }
        const shared = world.endpoints.filter((each) => each.space !== each.name).map((each) => each.name);
        assert.deepEqual(shared.filter((each) => !found('data-endpoint').has(each)), [], name);
        assert.deepEqual(lab.nodes.map((node) => node.name).filter((each) => !found('data-node').has(each)), [], name);
        // All that is drawn of addresses and MTUs is text.
        const texts = readSvg(svg).texts.map((each) => each.text).join('\n');
        for (const each of world.spaces.flatMap((space) => space.interfaces)) if (each.kind !== 'uplink') for (const address of each.addresses) assert.ok(texts.includes(address), `${name}: ${address}`);
      }
    }
  });

  it('have nothing that runs or is fetched, in light and in dark', () => {
    for (const topology of topologies(labText('gre'))) {
      const svg = svgOf(topology);
      assert.doesNotMatch(svg, /<script|<foreignObject|href|url\(|@import|\son[a-z]+=|<!/i);
      assert.match(svg, /prefers-color-scheme:dark/);
    }
  });

  it('are the same each time', () => {
    const pictures = (): readonly string[] => topologies(labText('swarm')).map((each) => svgOf(each));
    assert.deepEqual(pictures(), pictures());
  });
});

describe('the picture in the README', () => {
  it('is what labgen graph draws of the lab (npm run golden -- --update)', () => {
    assert.equal(keptPicture(), picture());
    assert.match(readFileSync(join(root, 'README.md'), 'utf8'), /!\[[^\]]+\]\(docs\/gre\.svg\)/);
  });
});

describe('pictures in the handout', () => {
  it('lie beside it, are shown in it, and are there in characters', () => {
    const plan = planFor(labText('gre'), 'gre', 'closed');
    const readme = contentOf(plan, 'README.md');
    const [, path = ''] = /!\[The lab gre at its stage closed: net-1, net-2, outside\]\((\S+)\)/.exec(readme) ?? [];
    assert.equal(contentOf(plan, path), svgOf(topologies(labText('gre'))[0] ?? assert.fail()));
    assert.match(readme, /┌ net-1 ─+┐/);
  });

  it('are left out of a lab that is too large, and that is said', () => {
    const plan = planFor('lab: t\nnodes: { a: { count: 51 } }\n', 't');
    assert.equal(plan.some((file) => file.path.endsWith('.svg')), false);
    assert.match(contentOf(plan, 'README.md'), /There is no picture: the lab is too large for one\./);
    assert.doesNotMatch(contentOf(plan, 'README.md'), /\.svg/);
  });
});

describe('pictures in characters', () => {
  it('fit 100 columns where two or three nodes do, and lose no address', () => {
    for (const name of ['gre', 'forwarding', 'docker0', 'weave', 'pipework-gre', 'ovs', 'namespaces', 'links', 'ports']) {
      for (const topology of topologies(labText(name))) {
        const text = asciiOf(topology);
        assert.deepEqual(text.split('\n').filter((line) => line.length > 100), [], name);
        const faces = topology.nodes.flatMap((node) => [...node.guests.flatMap((guest) => guest.faces), ...node.switches, ...node.exits.flatMap((exit) => exit.faces)]);
        assert.deepEqual(faces.flatMap((face) => face.addresses.map((each) => each.cidr)).filter((each) => !text.includes(each)), [], name);
        assert.deepEqual(topology.hubs.map((hub) => hub.title).filter((each) => !text.includes(each)), [], name);
      }
    }
  });

  it('are ASCII alone on request', () => {
    for (const topology of topologies(labText('swarm'))) {
      const [lines, plain] = [asciiOf(topology), asciiOf(topology, { only: true })];
      assert.match(plain, /^[\n\u0020-\u007e]*$/);
      assert.match(lines, /─/);
      assert.deepEqual(plain.split('\n').map((line) => line.length), lines.split('\n').map((line) => line.length));
    }
  });
});
