/** A fault of a running lab: a trouble that is made on purpose, and that ends by itself. */
import type { Check, NodeCommand } from './check.js';

type Argv = NodeCommand['argv'];

export interface Fault {
  /** As said after `labgen fault`: `kill net-1 dockerd`. */
  readonly words: readonly string[];
  /** The node that is in trouble. */
  readonly node: string;
  /** The node whose root makes it; left out: the same one. Only a manager can drain a worker. */
  readonly at?: string;
  /** What is done, in one sentence. */
  readonly about: string;
  /** Seconds it lasts unless somebody says. */
  readonly seconds: number;
  /** Of faults that exclude each other the common name; left out: the words'. */
  readonly slot?: string;
  /** Said once, in order; what one of them says on its last line after `unavailable: ` is why this node cannot have it. */
  readonly begin: readonly Argv[];
  /** Said over and over as long as it lasts; how they end is no matter. */
  readonly again?: readonly Argv[];
  /** A unit that the end asks for something: as a node goes down, the fault ends before it does. */
  readonly needs?: string;
  /** Said once at the end, all of them, however the earlier ones end. */
  readonly end: readonly Argv[];
  /** Whether this check of the lab cannot hold meanwhile. */
  fails(check: Check): boolean;
}

/** Longer than verify waits for a dockerd that does not answer (30 s), so that it is missed. */
export const SERVICE_SECONDS = 50;

/** Its main process dies at once, as the kernel's out-of-memory killer would have it, and systemd's own Restart= comes as late as the fault lasts. */
export function killOfService(node: string, name: string, unit: string, fails: (check: Check) => boolean): Fault {
  const dropIn = `/run/systemd/system/${unit}.service.d/99-labgen-fault.conf`;
  return {
    words: ['kill', node, name],
    node,
    about: `${name} of ${node} is killed; systemd starts it again`,
    seconds: SERVICE_SECONDS,
    begin: [['sh', '-c', KILL_SERVICE, 'sh', unit, dropIn]],
    end: [['sh', '-c', 'rm -f "$1" && rmdir --ignore-fail-on-non-empty "$(dirname "$1")" && systemctl daemon-reload', 'sh', dropIn]],
    fails,
  };
}

/** A start job does not cut the wait short; `seconds` is what the fault's script knows of its own length. */
const KILL_SERVICE = `systemctl is-active --quiet "$1.service" || { echo "unavailable: $1 does not run" >&2; exit 1; }
mkdir -p "$(dirname "$2")"
printf '[Service]\\nRestartSec=%ss\\n' "$LABGEN_SECONDS" >"$2"
systemctl daemon-reload
systemctl kill --signal=KILL --kill-who=main "$1.service"`;
