/** The files every lab has once: Vagrantfile, Ansible's files, the image recipe of the docker provider, the handout. */
import type { Feature } from '../features/feature.js';
import { netmask } from '../model/ipv4.js';
import type { Attachment, Lab, Network } from '../model/lab.js';
import { ETHERNET_MTU } from '../model/mtu.js';
import { PHASES, type FileRequest, type NodeUnit, type Phase, type TaskRequest } from '../model/plan.js';
import type { Render } from '../render/renderer.js';

/** Packages every node needs for its scripts and for the checks. */
const COMMON_PACKAGES = ['iproute2', 'iptables', 'iputils-ping', 'curl', 'procps'];

const PHASE_TITLES: Readonly<Record<Phase, string>> = {
  packages: 'What the nodes need',
  kernel: 'The kernel',
  keys: 'Keys that nodes give to each other',
  network: 'The network between the nodes',
  docker: 'Docker',
  firewall: 'Packet filter rules',
  images: 'Images',
  containers: 'Containers',
  services: 'Services',
};

/** Every node has them. */
const COMMON_UNITS: readonly NodeUnit[] = [
  { phase: 'network', name: 'labgen-network.service', reads: ['labgen-network.sh'] },
  { phase: 'firewall', name: 'labgen-firewall.service', reads: ['labgen-firewall.sh'] },
];

export interface Origin {
  /** The lab as given on the command line: a shipped name or a file's base name. */
  readonly name: string;
  /** True where the stage is not the one rendered by default. */
  readonly stageGiven: boolean;
}

/** ` (stage open)`, or nothing. */
function stageText(lab: Lab): string {
  return lab.stage === undefined ? '' : ` (stage ${lab.stage})`;
}

export function renderCommand(lab: Lab, origin: Origin): string {
  const name = /^[A-Za-z0-9._/-]+$/.test(origin.name) ? origin.name : 'LAB';
  return `labgen render ${name}${origin.stageGiven && lab.stage !== undefined ? ` --stage ${lab.stage}` : ''}`;
}

/** `committed`: folders in .labgen that belong into a repository along with the lab. */
export function baseFiles(lab: Lab, features: readonly Feature[], origin: Origin, render: Render, committed: readonly string[]): readonly FileRequest[] {
  const command = renderCommand(lab, origin);
  const common = { lab: lab.name, stage: stageText(lab), command };
  const docker = lab.nodes.filter((node) => node.docker);
  return [
    { path: 'Vagrantfile', mode: 0o644, template: 'base/Vagrantfile', view: { ...common, ipv6: lab.ipv6 === true, firstNode: lab.nodes[0]?.name ?? '', nodes: lab.nodes.map((node) => ({ name: node.name, memory: node.memory, cpus: node.cpus, networks: node.attachments.map((each) => ({ options: networkOptions(each, lab.networks.find((network) => network.name === each.network)) })) })) } },
    { path: 'node/Dockerfile', mode: 0o644, template: 'base/node.Dockerfile', view: common },
    { path: 'ansible.cfg', mode: 0o644, template: 'base/ansible.cfg', view: common },
    {
      path: 'inventory.yml', mode: 0o644, template: 'base/inventory.yml',
      view: { ...common, nodes: lab.nodes.map((node) => ({ name: node.name, address: node.attachments[0]?.address ?? node.name })), dockerHosts: docker.map((node) => ({ name: node.name, ce: node.dockerPackage === 'ce' })) },
    },
    { path: 'site.yml', mode: 0o644, template: 'base/site.yml', view: { ...common, phases: phases(lab, features, render) } },
    { path: '.gitignore', mode: 0o644, template: 'base/gitignore', view: { ...common, committed } },
    { path: '.yamllint', mode: 0o644, template: 'base/yamllint', view: common },
    { path: '.ansible-lint', mode: 0o644, template: 'base/ansible-lint', view: common },
  ];
}

/** What Vagrant is told of a node's place in a network. For smaller packets than 1500 bytes the nodes see to themselves. */
function networkOptions({ address, prefix }: Attachment, network: Network | undefined): readonly { readonly key: string; readonly value: string | number }[] {
  const mtu = network?.mtu;
  const sized = mtu === undefined || mtu <= ETHERNET_MTU ? [] : [{ key: 'libvirt__mtu', value: mtu }, { key: 'docker_network__opt', value: `com.docker.network.driver.mtu=${mtu}` }];
  return [{ key: 'ip', value: address }, { key: 'netmask', value: netmask(prefix) }, { key: 'subnet', value: network?.subnet ?? '' }, ...sized];
}

function phases(lab: Lab, features: readonly Feature[], render: Render): readonly unknown[] {
  const packages = [...new Set([...COMMON_PACKAGES, ...lab.packages.map((each) => each.name)])];
  const docker = lab.nodes.filter((node) => node.docker);
  const own: TaskRequest[] = [
    { phase: 'packages', template: 'base/interrupted.yml', view: { units: units(features) } },
    { phase: 'packages', template: 'base/packages.yml', view: { packages, count: packages.length } },
    { phase: 'network', template: 'base/network.yml', view: {} },
    ...(docker.length === 0 ? [] : [{ phase: 'docker' as const, template: 'features/docker/tasks.yml', view: { ce: docker.some((node) => node.dockerPackage === 'ce'), distribution: docker.some((node) => node.dockerPackage === 'distribution') } }]),
    { phase: 'firewall', template: 'base/firewall.yml', view: {} },
  ];
  const all = [...own, ...features.flatMap((feature) => feature.tasks?.(lab) ?? [])];
  return PHASES.map((phase) => ({ title: PHASE_TITLES[phase], tasks: all.filter((task) => task.phase === phase).map((task) => render(task.template, task.view)) })).filter((phase) => phase.tasks.length > 0);
}

/** Each once, in the order in which the play starts them. */
function units(features: readonly Feature[]): readonly Omit<NodeUnit, 'phase'>[] {
  const all = [...COMMON_UNITS, ...features.flatMap((feature) => feature.units ?? [])];
  const inOrder = PHASES.flatMap((phase) => all.filter((unit) => unit.phase === phase).map((unit) => unit.name));
  return [...new Set(inOrder)].map((name) => ({ name, reads: all.filter((unit) => unit.name === name).flatMap((unit) => unit.reads) }));
}
