/** Asking somebody at a terminal for one line. */
import { createInterface } from 'node:readline';

/** The terminal is ours only while we ask: what runs in between has it whole. Undefined at Ctrl-D, and where `interrupt` is aborted. */
export function askLine(question: string, input: NodeJS.ReadableStream, output: NodeJS.WritableStream, interrupt: AbortController): Promise<string | undefined> {
  if (interrupt.signal.aborted) return Promise.resolve(undefined);
  const lines = createInterface({ input, output });
  // While a line is typed Ctrl-C is a sign, not a signal.
  lines.on('SIGINT', () => interrupt.abort());
  const leave = (): void => lines.close();
  interrupt.signal.addEventListener('abort', leave, { once: true });
  return new Promise((done) => {
    lines.on('close', () => {
      interrupt.signal.removeEventListener('abort', leave);
      done(undefined);
    });
    lines.question(question, (line) => {
      done(line);
      lines.close();
    });
  });
}
