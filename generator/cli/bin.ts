/** The outermost floor: the real process in, an exit code out. */
import { fstatSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from './context.js';
import { main } from './main.js';

const script = process.argv[1] ?? '';
const root = join(__dirname, '..');
const controller = new AbortController();

// Ctrl-C, a polite end, a terminal that was lost: all the same, what was begun is brought to a known state.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort());
// A reader that left (labgen list | head) is no error, nor is a terminal that is gone (EIO).
const unlessLeft = (error: NodeJS.ErrnoException): void => { if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error; };

/** Node's own streams bring sockets along and take as long to load as a lab to be thought: they are for a pipe that is full. */
function writer(descriptor: 1 | 2): (text: string) => void {
  let stream: NodeJS.WriteStream | undefined;
  return (text) => {
    let rest = Buffer.from(text);
    try {
      while (!stream && rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return unlessLeft(error as NodeJS.ErrnoException);
      // From here on all goes through it, in order.
      stream = descriptor === 1 ? process.stdout : process.stderr;
      stream.on('error', unlessLeft);
    }
    if (rest.length > 0) stream?.write(rest);
  };
}

/** Through Node's own stream: whoever reads a capture may be slower than who sends it. */
let bytesOut: NodeJS.WriteStream | undefined;
function writeBytes(bytes: Uint8Array): Promise<boolean> {
  if (!bytesOut) {
    bytesOut = process.stdout;
    bytesOut.on('error', unlessLeft);
  }
  const stream = bytesOut;
  return new Promise((done) => stream.write(bytes, (error) => done(!error)));
}

/** Only a device can be a terminal; anything else is known without loading what knows terminals. */
function isTerminal(): boolean {
  try {
    return fstatSync(1).isCharacterDevice() && process.stdout.isTTY;
  } catch {
    return false;
  }
}
let terminal: boolean | undefined;

/** readline is loaded by who asks. */
const ask = async (question: string): Promise<string | undefined> => (await import('./ask-line.js')).askLine(question, process.stdin, process.stdout, controller);

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
  get isTerminal() {
    return (terminal ??= isTerminal());
  },
  get ask() {
    return this.isTerminal && process.stdin.isTTY ? ask : undefined;
  },
  get colour() {
    return this.isTerminal && process.env['NO_COLOR'] === undefined && process.env['TERM'] !== 'dumb';
  },
  uid: process.getuid?.() ?? -1,
  now: () => new Date(),
  interrupt: controller.signal,
  outBytes: writeBytes,
  out: writer(1),
  err: writer(2),
};

void main(context).then((code) => {
  process.exitCode = code;
});
