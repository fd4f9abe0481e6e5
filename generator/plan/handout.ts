/** The handout: README.md of the output, for someone who never heard of labgen. */
import type { Lab } from '../model/lab.js';
import type { FileRequest } from '../model/plan.js';
import type { Render } from '../render/renderer.js';
import { renderCommand, type Origin } from './base-files.js';
import { PICTURE, type Drawing } from './drawing.js';
import type { StageMatrix } from './stage-matrices.js';

export function handoutFile(lab: Lab, origin: Origin, render: Render, matrices: readonly StageMatrix[], drawing: Drawing | false): FileRequest {
  const mtus = new Map(lab.networks.flatMap(({ name, mtu }) => (mtu === undefined ? [] : [[name, `, MTU ${mtu}`]])));
  const addresses = lab.nodes.slice(0, 500).map((node) => {
    const containers = lab.containerNetworks.find((each) => each.node === node.name);
    const containers6 = lab.containerNetworks6.find((each) => each.node === node.name);
    return {
      node: node.name,
      addresses: node.attachments.map((each) => `${each.address}${each.address6 === undefined ? '' : `, ${each.address6}`} (${each.network}${mtus.get(each.network) ?? ''})`).join(', '),
      containers: !node.docker ? 'no Docker' : [containers ? `${containers.subnet} on ${node.dockerBridge ?? 'docker0'}` : `Docker's own choice, 172.17.0.0/16 unless taken`, ...(containers6 ? [containers6.subnet] : [])].join(', '),
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
      drawing: drawing && { file: PICTURE, about: `The lab ${lab.name}${lab.stage === undefined ? '' : ` at its stage ${lab.stage}`}: ${lab.nodes.map((node) => node.name).join(', ')}`, characters: drawing.characters },
      addresses,
      links: lab.links.map((link) => ({ node: link.node, name: link.name, addresses: link.addresses.join(', '), mtu: link.mtu ?? '', peer: link.peer ?? '' })),
      containers: lab.containers.slice(0, 500).map((each) => ({ name: each.name, node: each.node, image: each.image, command: (each.command ?? []).join(' ') || 'its own', ports: each.ports.map((port) => `${port.hostPort ?? 'random'}→${port.containerPort}/${port.protocol}`).join(', ') || 'none' })),
      matrices,
      firstNode: lab.nodes[0]?.name ?? '',
      parts: lab.handout.map((part) => ({ title: part.title, lines: 'template' in part ? [render(part.template, part.view)] : part.lines })),
      checks: lab.checks.filter((check) => check.from === 'lab' || check.from === lab.stage).slice(0, 500).map((check) => ({ id: check.id, why: check.why })),
    },
  };
}

function paragraphs(text: string): readonly string[] {
  return text.split(/\n\s*\n/).map((each) => each.replaceAll('\t', ' ').trim()).filter(Boolean);
}
