/** Who holds an output folder, as its lock file tells. */

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

/** Text in, value out; undefined for anything that labgen did not write. */
export function parseHolder(text: string): Holder | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { token, pid, startTime, namespace, boot, host, command, since } = (raw ?? {}) as Record<string, unknown>;
  // The token becomes part of a path.
  if (typeof token !== 'string' || !/^[0-9a-f]{16}$/.test(token) || !Number.isSafeInteger(pid)) return undefined;
  return { token, pid: pid as number, startTime: String(startTime), namespace: String(namespace), boot: String(boot), host: String(host), command: String(command), since: String(since) };
}
