/**
 * `npm run torture [-- PART …]`: what labgen survives, at length. Each part is a module of spec/torture/ whose short
 * version is in `npm test`. Ends with a table of figures; exits 1 where a part found something wrong, 2 where it is
 * called wrongly.
 *
 *   --scale N   how much of it: N times as much as in `npm test` (34: 10,000 labs)
 *   --record    keep the figures in spec/torture/record.json and in the README's table
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { runCommand } from '../generator/drivers/run-command.js';
import { root } from '../spec/support/context.js';
import type { Figures } from '../spec/torture/figures.js';
import { figuresText, keep, readRecord, withParts, type Kept } from '../spec/torture/record.js';

interface Part {
  readonly title: string;
  torture(scale: number, say: (line: string) => void): Promise<Figures>;
}

const home = join(root, 'spec/torture');
/** Those that have a specification of their own. */
const all = readdirSync(home).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts') && !['figures.ts', 'record.ts'].includes(name)).map((name) => name.slice(0, -3));
const { values, positionals } = parseArgs({ allowPositionals: true, options: { scale: { type: 'string', default: '34' }, record: { type: 'boolean' } } });
const scale = Number(values.scale);
const parts: { readonly name: string; readonly part: Part }[] = [];
for (const name of positionals.length > 0 ? positionals : all) {
  const path = join(home, `${name}.ts`);
  const module = existsSync(path) ? ((await import(pathToFileURL(path).href)) as Partial<Part>) : {};
  if (module.title !== undefined && module.torture) parts.push({ name, part: module as Part });
  else if (positionals.length > 0) {
    console.error(`there is no part "${name}"`);
    process.exit(2);
  }
}
if (!(scale > 0) || parts.length === 0) {
  console.error(`usage: npm run torture -- [PART …] [--scale N] [--record]\nparts: ${all.join(', ')}`);
  process.exit(2);
}

const commit = (await runCommand({ argv: ['git', 'rev-parse', '--short', 'HEAD'], cwd: root })).stdout.trim();
const kept: Kept[] = [];
const wrong: string[] = [];
for (const { name, part } of parts) {
  const started = Date.now();
  console.log(`▶ ${part.title}`);
  try {
    const figures = await part.torture(scale, (line) => console.log(`    ${line}`));
    const seconds = Math.round((Date.now() - started) / 1000);
    kept.push({ part: name, title: part.title, figures, seconds, commit, command: `npm run torture -- ${name} --scale ${scale}` });
    console.log(`✓ ${part.title}: ${figuresText(figures)}  (${seconds} s)`);
  } catch (error) {
    wrong.push(part.title);
    console.log(`✗ ${part.title}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
console.log(`\n${kept.map(({ title, figures, seconds }) => `${title}: ${figuresText(figures)}  (${seconds} s)`).join('\n')}`);
console.log(`${kept.length} passed, ${wrong.length} failed${wrong.length > 0 ? `: ${wrong.join('; ')}` : ''}`);
if (values.record === true && kept.length > 0) keep(withParts(readRecord(), kept));
process.exit(wrong.length > 0 ? 1 : 0);
