/** `labgen box build`: a node image out of the distribution's own packages, once per recipe. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { sha256Of } from '../drivers/artifact-cache.js';
import { must, type RunCommand } from '../drivers/run-command.js';
import { markOf } from '../engine/holder.js';
import { PLACES } from '../engine/places.js';
import { formatHolder } from '../model/holder.js';
import { makeFolder, writeAtomic } from '../write/files.js';
import { LOCK } from '../write/lock.js';
import { forgetChecksum, noteChecksum } from './checksum.js';
import { requireMachine } from './machine.js';
import { BOX_NAME, DEFAULT_RELEASE, boxPaths, formatsThere, type BoxFormat, type BoxPaths } from './recipe.js';
import { addBoxToVagrant } from './vagrant-add.js';

export interface BoxRequest {
  readonly formats: readonly BoxFormat[];
  /** The boxes lie in its folder `boxes`. */
  readonly cacheDir: string;
  readonly log: (line: string) => void;
  readonly run: RunCommand;
  /** `<package>/templates/box`. */
  readonly templatesDir: string;
  /** A Debian release by name; bookworm unless given. */
  readonly release?: string;
  /** Build although it is there: for newer packages under the same recipe. */
  readonly force?: boolean;
  /** Make the libvirt box known to Vagrant. */
  readonly addToVagrant?: boolean;
}

export interface BuiltBox {
  /** The first 12 hex digits of the recipe's SHA-256. */
  readonly recipe: string;
  readonly container?: { readonly tar: string; readonly image: string };
  readonly libvirt?: { readonly box: string; readonly name: typeof BOX_NAME; readonly version: string };
}

/** Builds what is missing. Throws Failure (3) where the machine lacks something, CommandFailed where a step fails. */
export async function buildBox(request: BoxRequest): Promise<BuiltBox> {
  const release = request.release ?? DEFAULT_RELEASE;
  const paths = boxPaths(request.cacheDir, request.templatesDir, release);
  const there = request.force ? [] : formatsThere(paths);
  const missing = request.formats.filter((format) => !there.includes(format));
  for (const format of request.formats.filter((one) => there.includes(one))) {
    request.log(`${format}: recipe ${paths.recipe} is built already`);
  }
  if (missing.length > 0) {
    await requireMachine(request.run, request.templatesDir, missing);
    await buildInTemporary(request, paths, release, missing);
  }
  const built = describe(paths, [...there, ...missing]);
  if (request.addToVagrant && request.formats.includes('libvirt')) {
    await addBoxToVagrant({ run: request.run, log: request.log, paths, replace: missing.includes('libvirt') });
  }
  return built;
}

/** Looks only; undefined where this recipe was not built in any format. */
export async function findBox(
  request: Pick<BoxRequest, 'cacheDir' | 'templatesDir' | 'release'>,
): Promise<BuiltBox | undefined> {
  const paths = boxPaths(request.cacheDir, request.templatesDir, request.release);
  const there = formatsThere(paths);
  return there.length === 0 ? undefined : describe(paths, there);
}

function describe(paths: BoxPaths, formats: readonly BoxFormat[]): BuiltBox {
  return {
    recipe: paths.recipe,
    ...(formats.includes('container') ? { container: { tar: paths.tar, image: paths.image } } : {}),
    ...(formats.includes('libvirt') ? { libvirt: { box: paths.box, name: BOX_NAME, version: paths.version } } : {}),
  };
}

/** One root file system, every format from it; each result is moved to its place whole. */
async function buildInTemporary(
  { run, log, templatesDir }: BoxRequest,
  paths: BoxPaths,
  release: string,
  formats: readonly BoxFormat[],
): Promise<void> {
  makeFolder(paths.folder);
  const made = await must(run, 'make a folder to build in', { argv: ['mktemp', '-d', `${paths.folder}/.build-XXXXXX`] });
  const work = made.stdout.trim();
  // As an output folder has one: "labgen doctor" then knows that somebody is at work in it.
  writeAtomic(`${work}/${LOCK}`, formatHolder({ token: randomBytes(8).toString('hex'), ...markOf({ places: PLACES, pid: 0, host: hostname() }), command: 'labgen box build', since: '' }));
  const step = async (said: string, script: string, ...args: string[]): Promise<void> => {
    log(`${said} …`);
    const argv = ['sh', `${templatesDir}/${script}`, ...args];
    const outcome = await must(run, said, { argv }, (line) => log(`  ${line}`));
    log(`${said}: ${Math.round(outcome.durationMs / 1000)} s`);
  };
  const place = async (from: string, to: string): Promise<void> => {
    const sha256 = await sha256Of(from);
    forgetChecksum(to);
    await must(run, `put ${to} in its place`, { argv: ['mv', '-T', from, to] });
    noteChecksum(to, sha256);
  };
  try {
    await step(`Debian ${release} from its packages`, 'build-rootfs.sh', release, `${work}/root`);
    if (formats.includes('container')) {
      await step('container image', 'make-container-image.sh', `${work}/root`, `${work}/container.tar`, paths.image);
      await place(`${work}/container.tar`, paths.tar);
    }
    if (formats.includes('libvirt')) {
      await step('libvirt box', 'make-libvirt-box.sh', `${work}/root`, `${work}/libvirt.box`);
      await place(`${work}/libvirt.box`, paths.box);
    }
  } finally {
    // Not fs.rm: should a step have left a mount behind, nothing beyond it may be deleted.
    // After Ctrl-C as well.
    await run({ argv: ['rm', '-rf', '--one-file-system', work] }, undefined, new AbortController().signal);
  }
}
