/** flannel: an overlay network whose parts are leased in etcd, one to each node's dockerd. */
import type { CheckRequest } from '../../model/check.js';
import type { Lab } from '../../model/lab.js';
import type { Feature } from '../feature.js';
import { flannelFaults } from './faults.js';
import { flannelFiles, flannelTasks } from './files.js';
import { lease } from './lease.js';
import { resolveFlannel } from './resolve.js';
import { artifactExists, dockerLeavesItToFlannel, dockerTakesIptables, networkIsFree, nodesExist, oneUnderlay } from './rules.js';
import { flannelSchema } from './schema.js';
import { flannelWorld } from './world.js';

export const feature: Feature = {
  name: 'flannel',
  blocks: { flannel: flannelSchema },
  // Those that report at the block itself come last: after them nothing in it counts as sound.
  rules: [nodesExist, networkIsFree, dockerLeavesItToFlannel, dockerTakesIptables, artifactExists, oneUnderlay],
  checkKinds: [lease],
  resolve: (ground) => resolveFlannel(ground),
  world: { network: (lab, draft) => flannelWorld(lab, draft) },
  files: flannelFiles,
  tasks: flannelTasks,
  units: [
    { phase: 'network', name: 'etcd.service', reads: [] },
    { phase: 'network', name: 'labgen-flannel.service', reads: [] },
  ],
  checks,
  faults: flannelFaults,
};

const KINDS: Readonly<Record<string, string>> = { 'flannel.1': 'vxlan', flannel0: 'tun' };

function checks(lab: Lab): readonly CheckRequest[] {
  const on = lab.flannelNodes.filter((node) => node.on);
  return [
    ...on.slice(0, 1).map(({ etcd }): CheckRequest => ({ kind: 'service', subject: { node: etcd.node, name: 'etcd' }, why: 'etcd keeps who leases which subnet.' })),
    ...on.flatMap(({ node, device, mtu }): CheckRequest[] => [
      { kind: 'service', subject: { node, name: 'labgen-flannel' }, why: `flanneld tells systemd that it is ready once ${node} has its lease; without a configuration in etcd it waits for ever.` },
      { kind: 'lease', subject: { node }, why: `dockerd on ${node} read the leased subnet as it started.` },
      { kind: 'daemon', subject: { node, flag: 'mtu' }, expect: { is: 'value', value: String(mtu) }, why: 'What the backend adds has to fit beside the packet.' },
      ...(device === undefined ? [] : [{ kind: 'interface', subject: { node, name: device, mtu, kind: KINDS[device] ?? '', up: true }, why: `${device} is flannel's end on ${node}.` }]),
    ]),
  ];
}
