/** What a machine must have to build a box, and how to get it. */
import { must, type RunCommand } from '../drivers/run-command.js';
import { Failure } from '../model/failure.js';
import type { BoxFormat } from './recipe.js';

/** Each tool and the Debian package that brings it. */
const TOOLS: Readonly<Record<'all' | BoxFormat, Readonly<Record<string, string>>>> = {
  all: { 'apt-get': 'apt', mmdebstrap: 'mmdebstrap', tar: 'tar', unshare: 'util-linux' },
  container: { sha256sum: 'coreutils' },
  libvirt: { mke2fs: 'e2fsprogs', extlinux: 'extlinux', 'qemu-img': 'qemu-utils' },
};

/** Throws Failure (3) with all that is missing and the line that installs it. */
export async function requireMachine(run: RunCommand, templatesDir: string, formats: readonly BoxFormat[]): Promise<void> {
  const packages = Object.assign({}, TOOLS.all, ...formats.map((format) => TOOLS[format])) as Record<string, string>;
  const tools = Object.keys(packages);
  const answer = await must(run, 'look for the tools that build a box', {
    argv: ['sh', `${templatesDir}/missing-tools.sh`, ...tools],
  });
  const missing = answer.stdout.split('\n').filter((tool) => tool !== '');
  if (missing.includes('apt-get')) {
    throw new Failure(
      3,
      'a box is made from Debian packages, and this machine has no apt-get',
      'Build it on a Debian or Ubuntu machine and copy the files of the cache folder, or use public boxes: labgen up --provider=virtualbox.',
    );
  }
  if (missing.length > 0) {
    const wanted = [...new Set(missing.map((tool) => packages[tool] ?? tool))].sort();
    throw new Failure(3, `missing on this machine: ${missing.join(', ')}`, `sudo apt-get install ${wanted.join(' ')}`);
  }
  const user = await must(run, 'ask who is building', { argv: ['id', '-u'] });
  if (user.stdout.trim() !== '0') {
    throw new Failure(3, 'a box is built as root: its files belong to many users', 'sudo labgen box build');
  }
}
