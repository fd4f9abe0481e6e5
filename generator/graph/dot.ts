/** A topology in Graphviz' language: nodes as clusters, each interface a shape. */
import type { Face, Topology } from './topology.js';

const STYLE = { network: '', tunnel: ', style=dashed', overlay: ', style=dotted' } as const;

export function dotOf({ lab, stage, nodes, hubs }: Topology): string {
  const lines = [
    `graph ${quote(lab)} {`,
    `  label=${quote(`${lab}${stage === undefined ? '' : `, stage ${stage}`}`)}; labelloc=b; rankdir=TB; fontname="sans-serif";`,
    '  node [shape=box, fontname="sans-serif", fontsize=10]; edge [fontname="sans-serif", fontsize=9];',
  ];
  const homes = new Map<string, string>();
  for (const node of nodes) {
    lines.push(`  subgraph ${quote(`cluster ${node.name}`)} {`, `    label=${quote(`${node.name}${node.note === '' ? '' : ` (${node.note})`}`)};`);
    for (const guest of node.guests) {
      for (const face of guest.faces) homes.set(face.id, `container ${guest.name}`);
      lines.push(`    ${quote(`container ${guest.name}`)} [style=rounded, label=${quote([guest.name, ...guest.faces.map(words), ...guest.ports, ...guest.sharing.map((each) => `+ ${each}`), ...(guest.faces.length === 0 ? ['no network'] : [])].join('\n'))}];`);
    }
    for (const name of node.hosted) lines.push(`    ${quote(`container ${name}`)} [style="rounded,dashed", label=${quote(`${name}\nthe node's network`)}];`);
    for (const each of node.switches) {
      for (const { id } of [each, ...each.ports]) homes.set(id, each.id);
      lines.push(`    ${quote(each.id)} [style=filled, fillcolor="#fff6d6", label=${quote(words(each))}];`);
    }
    for (const { id, faces } of node.exits) {
      for (const face of faces) homes.set(face.id, id);
      lines.push(`    ${quote(id)} [label=${quote(faces.map(words).join('\n'))}];`);
    }
    // A node without any shape would not be drawn.
    if (node.guests.length + node.hosted.length + node.switches.length + node.exits.length === 0) lines.push(`    ${quote(`node ${node.name}`)} [shape=point, style=invis];`);
    lines.push('  }');
    for (const { ends, vlan } of node.cables) lines.push(`  ${ends.map((end) => quote(homes.get(end) ?? end)).join(' -- ')}${vlan === undefined ? '' : ` [label=${quote(`VLAN ${vlan}`)}]`};`);
  }
  for (const hub of hubs) {
    lines.push(`  ${quote(hub.id)} [shape=ellipse${STYLE[hub.kind]}, label=${quote([hub.title, ...hub.details].join('\n'))}];`);
    for (const home of new Set(hub.ends.map((end) => homes.get(end) ?? end))) lines.push(`  ${quote(home)} -- ${quote(hub.id)} [${STYLE[hub.kind].slice(2) || 'style=solid'}];`);
  }
  return `${[...lines, '}'].join('\n')}\n`;
}

function words(face: Face): string {
  return [`${face.name}${face.kind === '' ? '' : ` ${face.kind}`}`, ...face.addresses.map(({ cidr, presumed }) => (presumed ? `${cidr} (presumed)` : cidr)), ...(face.mtu === undefined ? [] : [`MTU ${face.mtu}`])].join(' ');
}

/** A line break is `\n`, and nothing else begins with a backslash. */
function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '\ufffd')}"`;
}
