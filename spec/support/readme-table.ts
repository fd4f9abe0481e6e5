/** Tables of the README that a command writes, each between its two marks: `<!-- NAME: … -->` and `<!-- /NAME -->`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './context.js';

const README = join(root, 'README.md');
const marked = (name: string): RegExp => new RegExp(`(<!-- ${name}: .*?-->\\n)[^]*?(\\n<!-- /${name} -->)`);

/** What stands there; undefined where the marks are gone. */
export function tableInReadme(name: string): string | undefined {
  return marked(name).exec(readFileSync(README, 'utf8'))?.[0].split('\n').slice(1, -1).join('\n');
}

export function putIntoReadme(name: string, table: string): void {
  const text = readFileSync(README, 'utf8');
  writeFileSync(README, text.replace(marked(name), (_all, before: string, after: string) => `${before}${table}${after}`));
}
