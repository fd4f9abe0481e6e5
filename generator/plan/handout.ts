/** The handout: README.md of the output, for someone who never heard of labgen. */
import type { Lab } from '../model/lab.js';
import type { FileRequest } from '../model/plan.js';
import type { Render } from '../render/renderer.js';
import { renderCommand, type Origin } from './base-files.js';

/** Above this many nodes a diagram is a blot. */
const DIAGRAM_LIMIT = 50;

export function handoutFile(lab: Lab, origin: Origin, render: Render): FileRequest {
  const addresses = lab.nodes.slice(0, 500).map((node) => {
    const containers = lab.containerNetworks.find((each) => each.node === node.name);
    return {
      node: node.name,
      addresses: node.attachments.map((each) => `${each.address} (${each.network})`).join(', '),
      containers: !node.docker ? 'no Docker' : containers ? `${containers.subnet} on ${node.dockerBridge ?? 'docker0'}` : `Docker's own choice, 172.17.0.0/16 unless taken`,
    };
  });
  return {
    path: 'README.md',
    mode: 0o644,
    template: 'base/README.md',
    view: {
      lab: lab.name,
      title: lab.title,
      summary: paragraphs(lab.summary),
      command: renderCommand(lab, origin),
      stage: lab.stages.find((stage) => stage.name === lab.stage) ?? false,
      stages: lab.stages,
      diagram: lab.nodes.length <= DIAGRAM_LIMIT ? diagram(lab) : false,
      addresses,
      links: lab.links.map((link) => ({ node: link.node, name: link.name, addresses: link.addresses.join(', '), mtu: link.mtu ?? '', peer: link.peer ?? '' })),
      containers: lab.containers.slice(0, 500).map((each) => ({ name: each.name, node: each.node, image: each.image, command: (each.command ?? []).join(' ') || 'its own', ports: each.ports.map((port) => `${port.hostPort ?? 'random'}→${port.containerPort}/${port.protocol}`).join(', ') || 'none' })),
      firstNode: lab.nodes[0]?.name ?? '',
      parts: lab.handout.map((part) => ({ title: part.title, lines: 'template' in part ? [render(part.template, part.view)] : part.lines })),
      checks: lab.checks.filter((check) => check.from === 'lab' || check.from === lab.stage).slice(0, 500).map((check) => ({ id: check.id, why: check.why })),
    },
  };
}

function paragraphs(text: string): readonly string[] {
  return text.split(/\n\s*\n/).map((each) => each.trim()).filter(Boolean);
}

function diagram(lab: Lab): { lines: readonly { from: string; to: string; label: string; dashed: boolean }[]; nodes: readonly { id: string; label: string }[]; networks: readonly { id: string; label: string }[]; containers: readonly { id: string; label: string; node: string }[] } {
  const id = (kind: string, name: string): string => `${kind}_${name.replaceAll('-', '_')}`;
  const tunnels = lab.links.filter((link) => link.peer !== undefined && link.node < link.peer);
  return {
    networks: lab.networks.map((network) => ({ id: id('net', network.name), label: `${network.name} ${network.subnet}` })),
    nodes: lab.nodes.map((node) => ({ id: id('node', node.name), label: `${node.name} ${node.attachments[0]?.address ?? ''}` })),
    containers: lab.containers.map((container) => ({ id: id('c', container.name), label: container.name, node: id('node', container.node) })),
    lines: [
      ...lab.nodes.flatMap((node) => node.attachments.map((each) => ({ from: id('node', node.name), to: id('net', each.network), label: each.address, dashed: false }))),
      ...tunnels.map((link) => ({ from: id('node', link.node), to: id('node', link.peer ?? ''), label: `${link.type} ${link.name}`, dashed: true })),
    ],
  };
}
