/**
 * Whose code would run? Vagrant runs a Vagrantfile, and Ansible what lies beside a playbook. A rendered folder may come
 * from a stranger, and its manifest as well: only what labgen itself would render from the lab in it is trusted.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../model/failure.js';
import { standingAt } from '../write/look.js';
import { survey } from '../write/survey.js';
import { changed, type Context } from './context.js';
import { openLab } from './open-lab.js';

/** What Ansible, its linter and Vagrant load from a folder without being told to. */
const LOADED = /^(group_vars|host_vars|library|module_utils|roles|collections|galaxy\.ya?ml|requirements\.ya?ml|.*_plugins)$/;
const LOADED_BY_VAGRANT = ['.vagrant/plugins.json', '.vagrant/plugins', '.vagrant/bundler'];
/** What a running lab writes into its folder: through a link it would be written elsewhere. */
const WRITTEN_BY_VAGRANT = ['.labgen/ssh-config', '.labgen/known_hosts', '.labgen/controller-ssh-config'];

/** Paths in a folder that a tool would load though no render writes them. */
export function loadedBesides(folder: string): readonly string[] {
  return [...readdirSync(folder).filter((name) => LOADED.test(name)), ...LOADED_BY_VAGRANT.filter((path) => existsSync(join(folder, path)))];
}

/** Before Vagrant and Ansible are let into a folder that was just rendered. @throws Failure (exit 1) that names what they would obey or follow. */
export function refuseForeign(folder: string): void {
  const loaded = loadedBesides(folder);
  if (loaded.length > 0) throw new Failure(1, `labgen did not write what Vagrant or Ansible would take code from here: ${loaded.join(', ')}`, 'Look at it. If it is yours, run "vagrant up" without labgen, or move it away; if it came with the folder, do not run it.');
  const link = WRITTEN_BY_VAGRANT.find((path) => standingAt(folder, path) === 'other');
  if (link !== undefined) throw new Failure(1, `${join(folder, link)} is not a plain file in a plain folder`, 'What a running lab writes there could land elsewhere. Look where it leads, and move it away.');
}

/** Which of its files are not what labgen would render there; all of them where it cannot tell. `only` names those it is about. */
export function notAsRendered(context: Context, folder: string, only: (path: string) => boolean = () => true): readonly string[] {
  try {
    const open = openLab(changed(context, { cwd: folder, out: () => {}, err: () => {} }), { output: folder });
    const found = survey(folder, open.plan());
    return [...found.files.filter(({ standing, modeOnly }) => standing !== 'same' && modeOnly !== true).map(({ file }) => file.path).filter(only), ...loadedBesides(folder)];
  } catch {
    return ['.labgen/lab.yaml'];
  }
}

/**
 * Before Vagrant is asked about a folder: only a Vagrantfile that labgen would render is run. In an engine of the folder's
 * own labgen was at work there before.
 * @throws Failure (exit 2) that says how to go on.
 */
export function mustBeOwn(context: Context, folder: string): void {
  if (context.env['LABGEN_ENGINE'] !== undefined) return;
  const other = notAsRendered(context, folder, (path) => path === 'Vagrantfile');
  if (other.length > 0) throw new Failure(2, `Vagrant was not asked, as it would run what labgen did not write so: ${other.map((path) => join(folder, path)).join(', ')}`, '"labgen diff" shows what is different, "labgen render" writes it anew. If you trust the folder as it is, run "vagrant status" or "vagrant destroy -f" in it yourself.');
}
