/** What tests, labs and boxes need of the system; installed where that is possible, else said word for word. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export type RequirementGroup = 'test' | 'labs' | 'box';

/** Debian packages by what they are for. */
export const PACKAGES: Readonly<Record<RequirementGroup, readonly string[]>> = {
  test: ['vagrant', 'ruby', 'shellcheck', 'yamllint', 'ansible-core', 'ansible-lint', 'systemd', 'iproute2', 'iptables', 'iputils-ping', 'procps', 'kmod', 'socat', 'curl', 'openssh-server', 'openssh-client', 'openssl', 'docker.io', 'python3', 'python3-yaml', 'pyflakes3', 'python3-markdown-it', 'zsh', 'fish', 'git', 'chromium', 'fonts-dejavu-core', 'tcpdump'],
  labs: ['vagrant', 'docker.io', 'ansible-core', 'openssh-client', 'iproute2', 'iptables', 'libvirt-daemon-system', 'libvirt-clients', 'vagrant-libvirt', 'qemu-system-x86', 'qemu-utils', 'dnsmasq-base', 'dbus', 'util-linux', 'rsync'],
  box: ['mmdebstrap', 'busybox-static', 'extlinux', 'e2fsprogs', 'qemu-utils'],
};

/** What makes things quicker, where the distribution has it: ansible-mitogen halves the play on emulated nodes. */
const WELCOME: Readonly<Record<RequirementGroup, readonly string[]>> = { test: [], labs: ['ansible-mitogen'], box: [] };

/** Missing on a machine that cannot install it: exit code 3, as labgen itself ends. */
const LACKS = 3;
const INSTALL = ['apt-get', 'install', '-y', '--no-install-recommends'];
const POLICY = '/usr/sbin/policy-rc.d';

/** The packages of these groups that dpkg does not know as installed. */
export function missingPackages(groups: readonly RequirementGroup[], lists = PACKAGES): readonly string[] {
  const wanted = [...new Set(groups.flatMap((group) => lists[group]))];
  if (wanted.length === 0) return [];
  const { stdout } = spawnSync('dpkg-query', ['--show', '--showformat=${Package} ${db:Status-Status}\\n', ...wanted], { encoding: 'utf8' });
  const there = new Set((stdout ?? '').split('\n').flatMap((line) => / installed$/.test(line) ? [line.split(' ')[0] ?? ''] : []));
  return wanted.filter((name) => !there.has(name));
}

/** Installs what is missing (root on Debian or Ubuntu); anywhere else says what to install and ends with 3. */
export function ensureRequirements(groups: readonly RequirementGroup[]): void {
  if (!isDebian()) {
    const wanted = [...new Set(groups.flatMap((group) => PACKAGES[group]))];
    end(`This is neither Debian nor Ubuntu, so nothing can be looked up or installed. Needed are what Debian calls:\n  ${wanted.join(' ')}`);
    return;
  }
  const missing = missingPackages(groups);
  if (missing.length === 0) {
    welcome(groups);
    return;
  }
  const command = [...INSTALL, ...missing];
  if (process.getuid?.() !== 0) {
    end(`Missing packages. Install them and run this again:\n  sudo ${command.join(' ')}`);
    return;
  }
  console.log(`requirements: installing ${missing.join(' ')}`);
  const failed = withoutServices(() => run(['apt-get', 'update', '-q']) !== 0 || run(command) !== 0);
  const still = missingPackages(groups);
  if (failed && still.length > 0) end(`Could not be installed: ${still.join(' ')}\n  ${command.join(' ')}`);
  welcome(groups);
}

/** Nothing depends on these: what cannot be had is not missed. */
function welcome(groups: readonly RequirementGroup[]): void {
  if (process.getuid?.() !== 0) return;
  const there = missingPackages(groups, WELCOME).filter((name) => spawnSync('apt-cache', ['show', name], { stdio: 'ignore' }).status === 0);
  if (there.length === 0) return;
  console.log(`requirements: installing ${there.join(' ')}`);
  if (run([...INSTALL, ...there]) !== 0) console.log(`requirements: goes without ${there.join(' ')}`);
}

/** Ends the process from the outermost floor of a script. */
function end(message: string): never {
  console.error(`requirements: ${message}`);
  process.exit(LACKS);
}

/** Debian starts services as it installs them; a dockerd or libvirtd in the machine's own network namespace would change its firewall. */
function withoutServices<T>(work: () => T): T {
  if (existsSync(POLICY)) return work();
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return work();
  } finally {
    rmSync(POLICY, { force: true });
  }
}

function run(argv: readonly string[]): number {
  const [program = '', ...args] = argv;
  return spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status ?? 1;
}

function isDebian(): boolean {
  try {
    return /^(ID|ID_LIKE)=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8')) && existsSync('/usr/bin/dpkg-query');
  } catch {
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureRequirements(process.argv.slice(2).filter((word): word is RequirementGroup => word in PACKAGES));
