/** Makes a libvirt box known to Vagrant, with a version: vagrant-libvirt complains about boxes that have none. */
import { pathToFileURL } from 'node:url';
import { must, type RunCommand } from '../drivers/run-command.js';
import { Failure } from '../model/failure.js';
import { writeAtomic } from '../write/files.js';
import { checkBox } from './checksum.js';
import { BOX_NAME, type BoxPaths } from './recipe.js';

export interface KnownBox {
  readonly name: string;
  readonly provider: string;
  readonly version: string;
}

/** No call home: neither Vagrant's own version nor the box's is looked up. */
const QUIET = { VAGRANT_CHECKPOINT_DISABLE: '1', VAGRANT_BOX_UPDATE_CHECK_DISABLE: '1' };

/** Reads `vagrant box list --machine-readable`: lines `time,target,key,value`, a box beginning with its name. */
export function parseBoxList(text: string): KnownBox[] {
  const boxes: { name: string; provider: string; version: string }[] = [];
  for (const line of text.split('\n')) {
    const [, , key, value = ''] = line.trim().split(',');
    if (key === 'box-name') boxes.push({ name: value, provider: '', version: '' });
    const last = boxes.at(-1);
    if (last && key === 'box-provider') last.provider = value;
    if (last && key === 'box-version') last.version = value;
  }
  return boxes;
}

/** The page Vagrant reads a box's versions from; it adds none whose bytes have another checksum. */
export function metadataOf(paths: Pick<BoxPaths, 'box' | 'version'>, sha256: string): string {
  const provider = { name: 'libvirt', url: pathToFileURL(paths.box).href, checksum_type: 'sha256', checksum: sha256 };
  const page = { name: BOX_NAME, versions: [{ version: paths.version, providers: [provider] }] };
  return `${JSON.stringify(page, undefined, 2)}\n`;
}

export interface AddRequest {
  readonly run: RunCommand;
  readonly log: (line: string) => void;
  readonly paths: BoxPaths;
  /** The file was built anew: Vagrant's copy of this version is an old one. */
  readonly replace: boolean;
}

export async function addBoxToVagrant({ run, log, paths, replace }: AddRequest): Promise<void> {
  // In the folder of boxes: in the user's own, Vagrant would read the Vagrantfile that lies there.
  const options = { cwd: paths.folder, env: QUIET };
  const listed = await run({ argv: ['vagrant', 'box', 'list', '--machine-readable'], ...options });
  if (listed.code === 127) {
    throw new Failure(3, 'Vagrant is not installed', 'sudo apt-get install vagrant vagrant-libvirt');
  }
  const known = parseBoxList(listed.stdout).some(
    (box) => box.name === BOX_NAME && box.provider === 'libvirt' && box.version === paths.version,
  );
  if (known && !replace) {
    log(`Vagrant knows ${BOX_NAME} ${paths.version} already`);
    return;
  }
  writeAtomic(paths.metadata, metadataOf(paths, await checkBox(paths.box)));
  await must(run, `add ${BOX_NAME} to Vagrant`, {
    argv: ['vagrant', 'box', 'add', '--provider', 'libvirt', ...(known ? ['--force'] : []), paths.metadata],
    ...options,
  });
  log(`Vagrant knows ${BOX_NAME} ${paths.version} now`);
}
