/** The outermost floor: the real process in, an exit code out. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from './context.js';
import { main } from './main.js';

const script = process.argv[1] ?? '';
const root = join(__dirname, '..');
const controller = new AbortController();

process.on('SIGINT', () => controller.abort());
process.on('SIGTERM', () => controller.abort());
// A reader that left (labgen list | head) is no error.
for (const stream of [process.stdout, process.stderr]) stream.on('error', (error: NodeJS.ErrnoException) => { if (error.code !== 'EPIPE') throw error; });

const context: Context = {
  args: process.argv.slice(2),
  cwd: process.cwd(),
  env: process.env,
  root,
  self: [process.execPath, script],
  get version() {
    return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
  },
  get build() {
    try {
      return readFileSync(join(__dirname, 'build-id'), 'utf8');
    } catch {
      return undefined;
    }
  },
  isTerminal: process.stdout.isTTY === true,
  colour: process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined && process.env['TERM'] !== 'dumb',
  uid: process.getuid?.() ?? -1,
  now: () => new Date(),
  interrupt: controller.signal,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

void main(context).then((code) => {
  process.exitCode = code;
});
