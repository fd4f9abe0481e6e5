/** Which provider a lab runs on, and why: a pure choice from what the machine has and what the lab needs. */
import type { Lab } from '../model/lab.js';
import { nearest } from '../model/nearest.js';
import { printable } from '../model/problem.js';
import type { Machine } from './machine.js';

export const PROVIDERS = ['docker', 'libvirt', 'virtualbox', 'vmware_desktop', 'parallels'] as const;
export type Provider = (typeof PROVIDERS)[number];

export interface Choice {
  readonly provider: Provider;
  /** An engine in namespaces of its own. */
  readonly privateEngine: boolean;
  /** Sentences that say why. */
  readonly why: readonly string[];
}

export interface Refusal {
  readonly refused: string;
  readonly hint: string;
}

/** Undefined for one that labs run on. */
export function unknownProvider(wish: string): Refusal | undefined {
  if ((PROVIDERS as readonly string[]).includes(wish)) return undefined;
  const why = wish === 'hyperv' || wish === 'qemu' ? ': Vagrant cannot give its machines a second, static address' : '';
  // "vmware" is more than a slip of the pen away.
  const meant = PROVIDERS.find((each) => wish !== '' && each.startsWith(wish.toLowerCase())) ?? nearest(wish.replaceAll(/[ -]/g, ''), PROVIDERS);
  return { refused: `labs do not run on "${printable(wish)}"${why}`, hint: `${meant === undefined ? '' : `Did you mean "${meant}"? `}Use one of: ${PROVIDERS.join(', ')}.` };
}

/** What stands in a provider's way on this machine; empty where nothing does. */
export function obstacles(provider: Provider, machine: Machine, modules: readonly string[]): readonly string[] {
  const lacking: string[] = [];
  const need = (...programs: readonly string[]): void => {
    for (const program of programs) if (!machine.programs.has(program)) lacking.push(`${program} is not installed`);
  };
  need('vagrant');
  if (provider === 'docker') {
    need('docker');
    if (!machine.dockerRuns) {
      if (!machine.linux) lacking.push('no Docker engine runs');
      else need('dockerd');
    }
    const missing = machine.linux ? modules.filter((name) => !machine.hasModule(name)) : [];
    if (missing.length > 0) lacking.push(`its nodes share this machine's kernel, which has no ${missing.join(', ')}`);
  }
  if (provider === 'libvirt') {
    if (!machine.libvirtRuns) need('libvirtd', 'qemu-system-x86_64');
    if (!machine.vagrantLibvirt) lacking.push('the plugin vagrant-libvirt is not installed');
  }
  if (provider === 'virtualbox') need('VBoxManage');
  if (provider === 'vmware_desktop') need('vmrun');
  if (provider === 'parallels') need('prlctl');
  return lacking;
}

/** `stages`: the lab at each of them, since machines stay where they are when it goes from one to another; `because`: why there is a wish. */
export function chooseProvider(stages: readonly Pick<Lab, 'modules'>[], machine: Machine, wish: string | undefined, privately: boolean, because = 'as you asked'): Choice | Refusal {
  const modules = [...new Set(stages.flatMap((lab) => lab.modules.map((module) => module.name)))];
  const unknown = wish === undefined ? undefined : unknownProvider(wish);
  if (unknown) return unknown;
  const candidates = wish === undefined ? PROVIDERS : [wish as Provider];
  const passed: string[] = [];
  for (const provider of candidates) {
    const lacking = obstacles(provider, machine, modules);
    if (lacking.length === 0) return accept(provider, machine, wish === undefined ? [] : [because], privately, passed);
    passed.push(`${provider}: ${lacking.join('; ')}`);
  }
  return { refused: wish === undefined ? 'no provider on this machine can run this lab' : `the provider ${wish} cannot run this lab here`, hint: [...passed, installHint(machine)].join('\n') };
}

function accept(provider: Provider, machine: Machine, wished: readonly string[], privately: boolean, passed: readonly string[]): Choice | Refusal {
  const why = [...wished, ...passed.map((each) => `not ${each}`)];
  const runs = provider === 'docker' ? machine.dockerRuns : provider === 'libvirt' ? machine.libvirtRuns : true;
  const canBePrivate = (provider === 'docker' || provider === 'libvirt') && machine.linux;
  if (privately && !canBePrivate) return { refused: `there is no private engine for ${provider}`, hint: 'Private engines are for docker and libvirt on Linux.' };
  const privateEngine = privately || !runs;
  if (privateEngine) {
    if (!machine.root) return { refused: `${runs ? 'a private engine' : `no ${provider} engine runs, and starting a private one`} needs root`, hint: 'Run it again as root: sudo env "PATH=$PATH" labgen up …' };
    why.push(runs ? 'in a private engine, as you asked' : 'in a private engine, because none runs here');
  }
  if (provider === 'libvirt') why.push(machine.kvm.works ? 'with KVM' : `under emulation, which is slow: ${machine.kvm.why}`);
  return { provider, privateEngine, why };
}

export function installHint(machine: Machine): string {
  const debian = machine.distribution === 'debian' || machine.distribution === 'ubuntu';
  return debian
    ? 'Install what is missing: sudo apt-get install vagrant vagrant-libvirt libvirt-daemon-system qemu-system-x86 docker.io ansible-core'
    : 'Install Vagrant, one of its providers (Docker, libvirt, VirtualBox, VMware or Parallels) and Ansible.';
}
