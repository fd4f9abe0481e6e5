/** What flannel needs on the nodes: its unit and script, dockerd's drop-in, and on one node etcd's. */
import { pathOnNode, variableOf } from '../../model/artifact.js';
import type { Artifact, FlannelNode, Lab } from '../../model/lab.js';
import type { FileRequest, TaskRequest } from '../../model/plan.js';

const PREFIX = '/coreos.com/network';

export function flannelFiles(lab: Lab): readonly FileRequest[] {
  const on = lab.flannelNodes.filter((node) => node.on);
  const flags = new Map<string, string[]>();
  for (const { node, name, value } of on.length > 0 ? lab.daemonFlags : []) flags.set(node, [...(flags.get(node) ?? []), `--${name}=${value}`]);
  return [...on.flatMap((node) => nodeFiles(lab, node, flags.get(node.node) ?? [])), ...on.slice(0, 1).flatMap((node) => etcdFiles(lab, node))];
}

function nodeFiles(lab: Lab, node: FlannelNode, flags: readonly string[]): readonly FileRequest[] {
  const names = { lab: lab.name, node: node.node };
  const file = (path: string, mode: number, view: Readonly<Record<string, unknown>>): FileRequest => ({ path: `nodes/${node.node}/${path}`, mode, template: `features/flannel/${path.replace(/^.*\//, '')}`, view: { ...names, ...view } });
  return [
    file('labgen-flannel.sh', 0o755, { address: node.address, network: node.network, etcd: `http://${node.etcd.address}:2379`, prefix: PREFIX, tun: node.backend === 'udp' }),
    file('labgen-flannel.service', 0o644, {
      about: `${node.network}, /${node.subnetLength} for each node, backend ${node.backend}`,
      words: [pathOnNode(artifactOf(lab, node)), `--etcd-endpoints=http://${node.etcd.address}:2379`, `--etcd-prefix=${PREFIX}`, `--iface=${node.address}`, '--ip-masq', '--iptables-forward-rules=false', '--subnet-file=/run/flannel/subnet.env'],
    }),
    file('docker.service.d/60-flannel.conf', 0o644, { words: ['dockerd', '-H', 'fd://', ...flags] }),
  ];
}

function etcdFiles(lab: Lab, { etcd, network, subnetLength, backend }: FlannelNode): readonly FileRequest[] {
  const view = { lab: lab.name, node: etcd.node, address: etcd.address };
  const config = JSON.stringify({ Network: network, SubnetLen: subnetLength, Backend: { Type: backend } });
  return [
    { path: `nodes/${etcd.node}/labgen-etcd.sh`, mode: 0o755, template: 'features/flannel/labgen-etcd.sh', view: { ...view, prefix: PREFIX, config, network } },
    { path: `nodes/${etcd.node}/etcd.service.d/50-labgen.conf`, mode: 0o644, template: 'features/flannel/50-etcd.conf', view: { ...view, listen: `http://${etcd.address}:2379,http://127.0.0.1:2379`, advertise: `http://${etcd.address}:2379` } },
  ];
}

/** The rules have seen to it that there is one. */
function artifactOf(lab: Lab, node: FlannelNode): Artifact {
  return lab.artifacts.find((each) => each.name === node.artifact) as Artifact;
}

export function flannelTasks(lab: Lab): readonly TaskRequest[] {
  if (lab.flannelNodes.length === 0) return [];
  const on = lab.flannelNodes.filter((node) => node.on);
  const [first] = on;
  return [
    {
      phase: 'network',
      template: 'features/flannel/tasks.yml',
      view: {
        members: on.map((node) => node.node),
        etcd: first?.etcd.node ?? '',
        staged: lab.stages.length > 1,
        off: lab.flannelNodes.filter((node) => !node.on).map((node) => node.node),
        restarted: first === undefined ? '' : `{{ 'restarted' if labgen_flannel_unit.changed | default(false) or ${variableOf(first.artifact)}.changed | default(false) else 'started' }}`,
      },
    },
  ];
}
