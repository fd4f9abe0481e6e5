/** All nodes of a lab booted anew, at once. */
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 10 * 60_000;
const EVERY_MS = 10_000;

/** Runs a command on a node; what it prints, empty where it cannot be asked. */
export type Ask = (node: string, ...argv: readonly string[]) => Promise<string>;

/** Undefined: all are back; else in words, what went wrong. */
export async function rebootAll(nodes: readonly string[], ask: Ask): Promise<string | undefined> {
  const bootOf = (node: string): Promise<string> => ask(node, 'cat', '/proc/sys/kernel/random/boot_id');
  const before = await Promise.all(nodes.map(bootOf));
  if (before.includes('')) return 'a node did not tell its boot id';
  await Promise.all(nodes.map((node) => ask(node, 'systemctl', 'reboot')));
  const until = Date.now() + PATIENCE_MS;
  // Who is back is asked no more: each question costs an emulated node a login.
  const back = await Promise.all(nodes.map(async (node, index) => {
    for (;;) {
      await sleep(EVERY_MS);
      const id = await bootOf(node);
      if (id !== '' && id !== before[index]) return true;
      if (Date.now() > until) return false;
    }
  }));
  return back.every(Boolean) ? undefined : `within ${PATIENCE_MS / 60_000} minutes ${nodes.filter((_, index) => !back[index]).join(', ')} did not come back`;
}
