/** The scripts of one node, rendered from a lab made by hand: kinds of links and rules no feature makes yet. */
import { compiled } from '../../generator/generated/templates.js';
import type { Lab } from '../../generator/model/lab.js';
import { partsByNode } from '../../generator/plan/index-by-node.js';
import { nodeFiles } from '../../generator/plan/node-files.js';
import { createRenderer } from '../../generator/render/renderer.js';
import { labOf } from './labs.js';

export function handMade(more: Partial<Lab>, docker = false): Lab {
  return { ...labOf(`lab: by-hand\nnodes:\n  n1: { address: 192.168.56.11, docker: ${docker ? '{}' : 'false'} }\n  n2: { address: 192.168.56.12, docker: false }\n`), ...more };
}

export function scriptOf(lab: Lab, name: 'labgen-network.sh' | 'labgen-firewall.sh', node = 'n1'): string {
  const own = lab.nodes.find((each) => each.name === node);
  const file = own && nodeFiles(lab, own, partsByNode(lab)(node)).find((each) => each.path.endsWith(name));
  if (!file) throw new Error(`no ${name} for ${node}`);
  return createRenderer(compiled)(file.template, file.view);
}
