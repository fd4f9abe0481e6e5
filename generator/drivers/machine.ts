/** What this machine has for running labs: read, never guessed. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { probeKvm } from '../engine/kvm-probe.js';
import type { RunCommand } from './run-command.js';

export interface Machine {
  readonly linux: boolean;
  readonly root: boolean;
  /** `debian`, `ubuntu` … from os-release; empty where there is none. */
  readonly distribution: string;
  /** Programs on PATH, of those labgen knows. */
  readonly programs: ReadonlySet<string>;
  /** A Docker engine answers. */
  readonly dockerRuns: boolean;
  /** The system's libvirtd answers. */
  readonly libvirtRuns: boolean;
  readonly vagrantLibvirt: boolean;
  readonly kvm: { readonly works: boolean; readonly why: string };
  /** MiB. */
  readonly memory: number;
  /** The text of /etc/vbox/networks.conf; empty where there is none. */
  readonly networksConf: string;
  hasModule(name: string): boolean;
}

export const PROGRAMS = ['vagrant', 'docker', 'dockerd', 'libvirtd', 'virsh', 'qemu-system-x86_64', 'VBoxManage', 'vmrun', 'prlctl', 'ansible-playbook', 'ansible-lint', 'ssh', 'mmdebstrap', 'ruby', 'shellcheck', 'yamllint', 'systemd-analyze', 'ip', 'iptables'] as const;

export async function readMachine(run: RunCommand, env: Readonly<Record<string, string | undefined>>, uid: number): Promise<Machine> {
  const programs = new Set(PROGRAMS.filter((name) => isOnPath(name, env['PATH'] ?? '')));
  const answers = async (...argv: string[]): Promise<boolean> => (await run({ argv, timeoutMs: 5000 })).code === 0;
  const [dockerRuns, libvirtRuns, kvm] = await Promise.all([
    programs.has('docker') ? answers('docker', 'version', '--format', '{{.Server.Version}}') : false,
    // Asking an absent daemon can take long where libvirt starts one for the asker: the socket tells first.
    programs.has('virsh') && existsSync('/run/libvirt/libvirt-sock') ? answers('virsh', '--connect', 'qemu:///system', 'version') : false,
    probeKvm(run),
  ]);
  return {
    linux: existsSync('/proc/sys/kernel/ostype'),
    root: uid === 0,
    distribution: distribution(),
    programs,
    dockerRuns,
    libvirtRuns,
    vagrantLibvirt: hasVagrantLibvirt(env),
    kvm,
    memory: Number(/^MemTotal:\s+(\d+)/m.exec(readOr('/proc/meminfo'))?.[1] ?? 0) / 1024,
    networksConf: readOr('/etc/vbox/networks.conf'),
    hasModule,
  };
}

function distribution(): string {
  const text = readOr('/etc/os-release');
  return /^ID="?([a-z]+)"?$/m.exec(text)?.[1] ?? '';
}

/** Vagrant starts slowly; where the plugin lies is known. */
function hasVagrantLibvirt(env: Readonly<Record<string, string | undefined>>): boolean {
  const home = env['VAGRANT_HOME'] ?? join(env['HOME'] ?? '/root', '.vagrant.d');
  return existsSync('/usr/share/vagrant-plugins/plugins.d/vagrant-libvirt.json') || readOr(join(home, 'plugins.json')).includes('vagrant-libvirt');
}

/** Loaded, built in, or there to be loaded. A driver of a device (tun) that is built in has no folder in /sys/module. */
function hasModule(name: string): boolean {
  if (existsSync(`/sys/module/${name}`) || readOr('/proc/misc').split('\n').some((line) => line.trim().split(' ')[1] === name)) return true;
  const folder = `/lib/modules/${readOr('/proc/sys/kernel/osrelease').trim()}`;
  const pattern = new RegExp(`/${name.replaceAll(/[_-]/g, '[_-]')}\\.ko`);
  return pattern.test(readOr(join(folder, 'modules.builtin'))) || pattern.test(readOr(join(folder, 'modules.dep')));
}

export function isOnPath(name: string, path: string): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
