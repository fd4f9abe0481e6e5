/** Who holds an output folder, as its lock file tells. */
import { parseJson, textOf } from './foreign.js';

export interface Holder {
  /** Of this one lock: sixteen hex digits. */
  readonly token: string;
  readonly pid: number;
  /** As in /proc/PID/stat; empty where there is no /proc. A pid alone does not tell: pids are used again. */
  readonly startTime: string;
  /** The PID namespace in which `pid` counts; empty where there is no /proc. */
  readonly namespace: string;
  /** The kernel's name for the boot. */
  readonly boot: string;
  readonly host: string;
  /** What it was started with, such as `labgen up gre`. */
  readonly command: string;
  /** ISO 8601, UTC. */
  readonly since: string;
}

export function formatHolder(holder: Holder): string {
  return `${JSON.stringify(holder)}\n`;
}

const TEXTS = ['startTime', 'namespace', 'boot', 'host', 'command', 'since'] as const;

/** Text in, value out; undefined for anything that labgen did not write. */
export function parseHolder(text: string): Holder | undefined {
  const { token, pid, ...rest } = (parseJson(text) ?? {}) as Record<string, unknown>;
  // The token becomes part of a path.
  if (typeof token !== 'string' || !/^[0-9a-f]{16}$/.test(token) || !Number.isSafeInteger(pid)) return undefined;
  const [startTime, namespace, boot, host, command, since] = TEXTS.map((key) => textOf(rest[key]));
  if (startTime === undefined || namespace === undefined || boot === undefined || host === undefined || command === undefined || since === undefined) return undefined;
  return { token, pid: pid as number, startTime, namespace, boot, host, command, since };
}
