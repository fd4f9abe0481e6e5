/** labgen doctor: what is here, what would be chosen, what is missing and the command that installs it. */
import { obstacles, PROVIDERS } from '../../drivers/choose-provider.js';
import { readMachine } from '../../drivers/machine.js';
import { runCommand } from '../../drivers/run-command.js';
import { findBox } from '../../box/build.js';
import type { ExitCode } from '../../model/failure.js';
import { join } from 'node:path';
import { oneLine } from '../../report/plain.js';
import type { Context } from '../context.js';
import { findLeftovers } from '../leftovers.js';
import { cacheFolder } from '../running.js';

/** What each program is for, and the Debian package that brings it. */
const PROGRAMS: readonly { readonly name: string; readonly forWhat: string; readonly debian: string; readonly needed: 'labs' | 'lint' | 'box' }[] = [
  { name: 'vagrant', forWhat: 'machines', debian: 'vagrant', needed: 'labs' },
  { name: 'ansible-playbook', forWhat: 'the play', debian: 'ansible-core', needed: 'labs' },
  { name: 'ssh', forWhat: 'labgen ssh', debian: 'openssh-client', needed: 'labs' },
  { name: 'dockerd', forWhat: 'a private Docker engine', debian: 'docker.io', needed: 'labs' },
  { name: 'libvirtd', forWhat: 'machines with a kernel of their own', debian: 'libvirt-daemon-system', needed: 'labs' },
  { name: 'qemu-system-x86_64', forWhat: 'machines with a kernel of their own', debian: 'qemu-system-x86', needed: 'labs' },
  { name: 'mmdebstrap', forWhat: 'labgen box build', debian: 'mmdebstrap', needed: 'box' },
  { name: 'ruby', forWhat: 'labgen lint', debian: 'ruby', needed: 'lint' },
  { name: 'shellcheck', forWhat: 'labgen lint', debian: 'shellcheck', needed: 'lint' },
  { name: 'yamllint', forWhat: 'labgen lint', debian: 'yamllint', needed: 'lint' },
  { name: 'ansible-lint', forWhat: 'labgen lint', debian: 'ansible-lint', needed: 'lint' },
  { name: 'systemd-analyze', forWhat: 'labgen lint', debian: 'systemd', needed: 'lint' },
];

/** Modules labs of today need, for what the docker provider can run here. */
const MODULES = ['ip_gre', 'ipip', 'vxlan', 'wireguard', 'openvswitch', 'ip_vs', 'br_netfilter', 'dummy'];

export async function doctor(context: Context, options: { readonly format: 'text' | 'json'; readonly clean?: boolean }): Promise<ExitCode> {
  const machine = await readMachine(runCommand, context.env, context.uid);
  const box = await findBox({ cacheDir: cacheFolder(context), templatesDir: join(context.root, 'templates', 'box') });
  let dead = await findLeftovers(context, machine);
  if (options.clean === true) {
    for (const each of dead) await each.remove();
    const still = await findLeftovers(context, machine);
    context.err(`${dead.length - still.length} of ${dead.length} leftovers taken away\n`);
    dead = still;
  }
  const programs = PROGRAMS.map((program) => ({ ...program, there: machine.programs.has(program.name as never) }));
  const providers = PROVIDERS.map((provider) => ({ provider, lacks: obstacles(provider, machine, []) }));
  const missing = programs.filter((program) => !program.there);
  const install = missing.length === 0 ? '' : machine.distribution === 'debian' || machine.distribution === 'ubuntu' ? `sudo apt-get install ${[...new Set(missing.map((each) => each.debian))].join(' ')}` : '';
  const usable = providers.filter((each) => each.lacks.length === 0).map((each) => each.provider);
  if (options.format === 'json') {
    context.out(`${JSON.stringify({ programs, providers, kvm: machine.kvm, modules: Object.fromEntries(MODULES.map((name) => [name, machine.hasModule(name)])), box: box ?? null, leftovers: dead.map(({ kind, folder, what }) => ({ kind, folder, what })), install }, null, 2)}\n`);
    return usable.length > 0 ? 0 : 3;
  }
  const mark = (good: boolean): string => (good ? 'yes' : 'no ');
  context.out('Programs\n');
  for (const program of programs) context.out(`  ${mark(program.there)}  ${program.name.padEnd(20)} ${program.forWhat}\n`);
  context.out('Providers\n');
  for (const { provider, lacks } of providers) context.out(`  ${mark(lacks.length === 0)}  ${provider.padEnd(20)} ${lacks.join('; ')}\n`);
  context.out(`Kernel, for the docker provider\n  ${MODULES.map((name) => `${name}: ${mark(machine.hasModule(name)).trim()}`).join(', ')}\n`);
  context.out(`KVM\n  ${mark(machine.kvm.works)}  ${machine.kvm.why}\n`);
  context.out(`Engines\n  Docker ${machine.dockerRuns ? 'runs' : 'does not run'}, libvirt ${machine.libvirtRuns ? 'runs' : 'does not run'}${machine.root ? '; labgen up starts a private one where needed' : '; a private one needs root'}\n`);
  context.out(`Box\n  ${box ? `recipe ${box.recipe}: ${[box.container ? 'container image' : '', box.libvirt ? 'libvirt box' : ''].filter(Boolean).join(', ')}` : 'none built; labgen box build makes one'}\n`);
  if (dead.length > 0) context.out(`Leftovers of dead runs (labgen doctor --clean takes them away)\n${dead.map(({ kind, folder, what }) => `  ${kind.padEnd(13)}  ${oneLine(folder, 200)}: ${oneLine(what, 300)}\n`).join('')}`);
  context.out(usable.length > 0 ? `\nA lab that needs no kernel module of its own would run on ${usable[0]}.\n` : '\nNo provider is ready.\n');
  if (missing.length > 0) context.out(`Missing: ${missing.map((each) => each.name).join(', ')}.${install === '' ? '' : ` Install with:\n  ${install}`}\n`);
  return usable.length > 0 ? 0 : 3;
}
