/** A simpler diagram than the picture, for Mermaid: networks, nodes, the switches inside them, and what each container is plugged into. */
import { addressPart } from '../model/family.js';
import type { Container, DockerNetwork, Lab, Link } from '../model/lab.js';

interface Shape {
  readonly id: string;
  readonly label: string;
}

/** An empty label: a bare line. */
interface Line {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly dashed: boolean;
}

export interface Diagram {
  readonly networks: readonly Shape[];
  readonly nodes: readonly Shape[];
  readonly switches: readonly Shape[];
  readonly containers: readonly Shape[];
  readonly lines: readonly Line[];
}

export function diagramOf(lab: Lab): Diagram {
  const bridges = lab.links.filter((link) => link.type === 'bridge' || link.type === 'openvswitch');
  const tunnels = lab.links.filter((link) => link.peer !== undefined && link.node < link.peer);
  const docker = new Map(lab.dockerNetworks.map((network) => [networkId(network), network]));
  return {
    networks: lab.networks.map((network) => ({ id: id('net', network.name), label: [network.name, network.subnet, network.subnet6 ?? ''].join(' ').trim() })),
    nodes: lab.nodes.map((node) => ({ id: id('node', node.name), label: `${node.name} ${node.attachments[0]?.address ?? ''}`.trim() })),
    switches: [
      ...bridges.map((link) => ({ id: id('bridge', link.node, link.name), label: `${link.name} ${link.addresses.join(' ')}`.trim() })),
      ...[...docker].map(([key, network]) => ({ id: key, label: `${network.name} ${network.subnet ?? ''}`.trim() })),
    ],
    containers: lab.containers.map((container) => ({ id: id('c', container.name), label: container.name })),
    lines: [
      ...lab.containers.flatMap((container) => linesOf(container, lab, bridges)),
      ...bridges.map((link) => line(id('bridge', link.node, link.name), id('node', link.node))),
      ...lab.dockerNetworks.map((network) => line(networkId(network), id('node', network.node))),
      ...lab.nodes.flatMap((node) => node.attachments.map((each) => line(id('node', node.name), id('net', each.network), [each.address, each.address6 ?? ''].join(' ').trim()))),
      ...tunnels.map((link) => line(id('node', link.node), id('node', link.peer ?? ''), `${link.type} ${link.name}`, true)),
    ],
  };
}

/** Where Docker plugs a container in, and where others do. */
function linesOf(container: Container, lab: Lab, bridges: readonly Link[]): Line[] {
  const from = id('c', container.name);
  const cables = lab.pipework.filter((pipe) => pipe.container === container.name).map((pipe) => line(from, id('bridge', pipe.node, pipe.bridge), `${pipe.interface} ${addressPart(pipe.address)}${pipe.vlan === undefined ? '' : ` VLAN ${pipe.vlan}`}`));
  const node = id('node', container.node);
  if (container.network === 'none') return cables.length > 0 ? cables : [line(from, node, 'no network', true)];
  if (container.network === 'host') return [line(from, node, 'host network'), ...cables];
  if (container.network.startsWith('container:')) return [line(from, id('c', container.network.slice('container:'.length)), 'shares its network', true), ...cables];
  const network = lab.dockerNetworks.find((each) => each.node === container.node && each.name === container.network);
  if (network) return [line(from, networkId(network)), ...cables];
  const own = bridges.find((link) => link.node === container.node && link.name === lab.nodes.find((each) => each.name === container.node)?.dockerBridge);
  return [line(from, own ? id('bridge', own.node, own.name) : node), ...cables];
}

function line(from: string, to: string, label = '', dashed = false): Line {
  return { from, to, label, dashed };
}

/** An overlay network is one for all nodes; others are each node's own. */
function networkId(network: DockerNetwork): string {
  return network.driver === 'overlay' ? id('overlay', network.name) : id('docker', network.node, network.name);
}

/** Letters, digits and underscores only, and no two names alike. */
function id(...names: readonly string[]): string {
  return names.map((name) => name.replaceAll('_', '__').replaceAll(/[^A-Za-z0-9_]/g, '_')).join('_');
}
