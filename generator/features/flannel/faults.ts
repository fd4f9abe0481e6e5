/** flanneld dies on a node, and etcd on its own. */
import type { Check } from '../../model/check.js';
import { killOfService, type Fault } from '../../model/fault.js';
import type { Lab } from '../../model/lab.js';

export function flannelFaults(lab: Lab): readonly Fault[] {
  const on = lab.flannelNodes.filter((each) => each.on);
  const service = (node: string, name: string) => ({ kind, subject }: Check): boolean => kind === 'service' && subject['node'] === node && subject['name'] === name;
  return [
    ...on.slice(0, 1).map(({ etcd }) => killOfService(etcd.node, 'etcd', 'etcd', service(etcd.node, 'etcd'))),
    ...on.map(({ node }) => killOfService(node, 'flanneld', 'labgen-flannel', service(node, 'labgen-flannel'))),
  ];
}
