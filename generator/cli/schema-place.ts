/** Where a lab file of the user's finds the schema for its editor. */
import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * As the line `# yaml-language-server: $schema=` takes it: the schema that lies beside the lab, if one does; else that of
 * this installation. Its path is relative where both are parts of one project, and so holds on every clone of it;
 * absolute where labgen is installed elsewhere, and so holds when the lab is moved.
 */
export function schemaFrom(folder: string, root: string): string {
  if (existsSync(join(folder, 'lab.schema.json'))) return 'lab.schema.json';
  const schema = join(root, 'labs', 'lab.schema.json');
  // Of a labgen in node_modules the project is what holds that; a checkout is one itself.
  const project = root.split(`${sep}node_modules${sep}`)[0] ?? root;
  const path = contains(project, folder) || contains(folder, root) ? relative(folder, schema).replaceAll('\\', '/') : schema;
  // The editor takes the path up to the next blank.
  return /^[\w./@+-]+$/.test(path) ? path : pathToFileURL(schema).href;
}

function contains(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
