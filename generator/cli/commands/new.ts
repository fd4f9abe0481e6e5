/** labgen new NAME [--from LAB]: a lab file in the current folder to begin from; whatever is there already stays as it is. */
import { lstatSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { LOCK_FILE } from '../../model/artifact.js';
import type { Asset } from '../../model/asset.js';
import { Failure, type ExitCode } from '../../model/failure.js';
import { printable } from '../../model/problem.js';
import { withoutSecrets } from '../../report/page/redact.js';
import { name as nameSchema, NODE_NAME } from '../../schema/patterns.js';
import { beginAs } from '../../source/begin.js';
import type { Fragment } from '../../source/include.js';
import { parseLab } from '../../source/parse.js';
import { createFile } from '../../write/files.js';
import { refusal } from '../../write/refusal.js';
import { askLab, type Asked } from '../ask-lab.js';
import { copyAssets } from '../copy-assets.js';
import type { Context } from '../context.js';
import { nearPath, shippedLabs } from '../find-lab.js';
import { stopAtErrors, validateAsked } from '../open-lab.js';
import { bringSchema, schemaFrom } from '../schema-place.js';

interface Options {
  readonly name: string;
  readonly from?: string;
}

export function newLab(context: Context, options: Options): ExitCode {
  const { name } = options;
  checkName(name);
  const file = `${name}.yaml`;
  const path = join(context.cwd, file);
  if (lstatSync(path, { throwIfNoEntry: false })) throw isThere(file);

  const asked = askLab(context, { lab: options.from ?? join(context.root, 'templates', 'new', 'lab.yaml') });
  // As the file has it: what a render was told beyond that stays with the render.
  const validated = validateAsked(context, { ...asked, set: [], vars: [], stage: undefined });
  // A variable that has to be given is given when the copy is rendered.
  stopAtErrors(context, validated, asked, true, 'LG152');
  const text = begin(asked, name, schemaFrom(context.cwd, context.root));
  const { copied, schema } = written(context, file, () => {
    const assets = copyAssets(context.cwd, [...validated.fragments.map(asAsset), ...validated.assets]);
    createFile(path, text);
    return { copied: assets, schema: bringSchema(context.cwd, context.root) };
  });

  for (const each of copied) context.out(`${each} copied\n`);
  if (schema !== undefined) context.out(`${schema} written, for your editor: this labgen is only passing through\n`);
  context.out(`${file} written${options.from === undefined ? '' : `, from ${options.from}`}\n`);
  for (const note of notesOn(context, name, asked, validated.text)) context.out(`${note}\n`);
  context.out(`Next: change it, and\n  labgen validate ${file}\n  labgen render ${file} -o ${name}   # the files, for "vagrant up"\n  labgen up ${file} -o ${name}       # all of it: render, boot, play, and prove it\n`);
  context.out(`The language: ${join(context.root, 'docs', 'language.md')}\n`);
  return 0;
}

/** @throws Failure (exit 2) where the file is there by now; (exit 3) where the system refuses. */
function written<Done>(context: Context, file: string, work: () => Done): Done {
  try {
    return work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw isThere(file);
    throw refusal(error, join(context.cwd, file), 'Go to a folder that labgen may write to.');
  }
}

/** An included file as one that the lab brings along. */
function asAsset(fragment: Fragment): Asset {
  return { path: fragment.path, kind: 'file', kept: '', ...('text' in fragment ? { files: [{ path: basename(fragment.path), mode: 0o644, content: Buffer.from(fragment.text) }] } : { problem: fragment.problem }) };
}

/** @throws Failure (exit 2) in the words an error about a lab's name has. */
function checkName(name: string): void {
  const { form, examples, maxLength } = nameSchema('') as { readonly form: string; readonly examples: readonly string[]; readonly maxLength: number };
  const shown = printable(JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name));
  const legal = new RegExp(NODE_NAME).test(name);
  if (legal && name.length <= maxLength) return;
  const meant = name.toLowerCase().replace(/\.ya?ml$/, '').replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^[-0-9]+|-+$/g, '').slice(0, maxLength).replace(/-$/, '');
  throw new Failure(2, legal ? `${shown} is longer than ${maxLength} characters` : `${shown} is not a legal name of a lab`, `Needed: ${form}, at most ${maxLength} characters. For example: "${meant === '' ? examples[0] : meant}".`);
}

function isThere(file: string): Failure {
  return new Failure(2, `${file} is there already; nothing was written`, 'Take another name, or move that file away first.');
}

/** @throws Failure (exit 2) where changing the name in the text would change more than the name. */
function begin(asked: Asked, name: string, schema: string): string {
  const text = beginAs(asked.text, name, schema);
  const before = parseLab(asked.file, asked.text).value;
  if (text === undefined || !isDeepStrictEqual(parseLab(asked.file, text).value, { ...before, lab: name })) {
    throw new Failure(2, `the name of ${asked.file} cannot be changed without changing more of it; nothing was written`, 'Copy the file by hand: its "lab:" is bound to something else, such as an anchor.');
  }
  return text;
}

/** With what the render was given, which the copy is not. */
function secretsOf(context: Context, asked: Asked): readonly string[] {
  return [...validateAsked(context, asked).labs.values()].flatMap((lab) => lab.secrets);
}

function notesOn(context: Context, name: string, asked: Asked, text: string): readonly string[] {
  const pins = asked.home !== context.cwd && asked.home !== join(context.root, 'labs') && /^artifacts:/m.test(text) && lstatSync(join(asked.home, LOCK_FILE), { throwIfNoEntry: false });
  return [
    ...(shippedLabs(context.root).includes(name) ? [`Note: "${name}" alone means the shipped lab; yours is ${name}.yaml.`] : []),
    ...(asked.vars.length > 0 ? [`Note: the variables that render was given by --vars are not in it.`] : []),
    ...(asked.set.length > 0 ? [`Note: what that render was told by --set is not in it: ${withoutSecrets(asked.set, secretsOf(context, asked)).join(' ')}`] : []),
    ...(pins ? [`Note: its artifacts are pinned in ${nearPath(context, join(asked.home, LOCK_FILE))}: copy that too, or pin anew with labgen fetch --pin.`] : []),
  ];
}
