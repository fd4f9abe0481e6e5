/** Where a lab file of the user's finds the schema for its editor. */
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createFile } from '../write/files.js';

const NAME = 'lab.schema.json';

/** Folders of npx, dlx of pnpm and yarn, and bunx: they fetch a program for one use, and may have none or another one tomorrow. */
const PASSING = /^(_npx|dlx(-.*)?|bunx-.*)$/;

/**
 * As the line `# yaml-language-server: $schema=` takes it: the schema that lies beside the lab, if one does or will; else
 * that of this installation. Its path is relative where both are parts of one project, and so holds on every clone of it;
 * absolute where labgen is installed elsewhere, and so holds when the lab is moved.
 */
export function schemaFrom(folder: string, root: string): string {
  if (existsSync(join(folder, NAME)) || isPassing(root)) return NAME;
  const schema = join(root, 'labs', NAME);
  // Of a labgen in node_modules the project is what holds that; a checkout is one itself.
  const project = root.split(`${sep}node_modules${sep}`)[0] ?? root;
  const path = contains(project, folder) || contains(folder, root) ? relative(folder, schema).replaceAll('\\', '/') : schema;
  // The editor takes the path up to the next blank.
  return /^[\w./@+-]+$/.test(path) ? path : pathToFileURL(schema).href;
}

/** Puts the schema beside the lab where this installation will not stay; its name if it did. What lies there is left as it is. */
export function bringSchema(folder: string, root: string): string | undefined {
  if (!isPassing(root) || lstatSync(join(folder, NAME), { throwIfNoEntry: false })) return undefined;
  createFile(join(folder, NAME), readFileSync(join(root, 'labs', NAME)));
  return NAME;
}

function isPassing(root: string): boolean {
  return root.split(/[\\/]/).some((each) => PASSING.test(each));
}

function contains(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
