/** One tcpdump on a node, for as long as somebody reads: the command, and what it says when it cannot. */
import { lastLine } from '../model/probe.js';
import type { Place } from '../verify/matrix.js';

/**
 * Whoever asked holds its standard input: with its end, or with a broken connection, tcpdump gets the signal at which it
 * writes what it still has and ends. Words: seconds at most, then the command.
 */
const HELD = `import os, signal, subprocess, sys, threading
child = subprocess.Popen(["timeout", "-k", "2", sys.argv[1]] + sys.argv[2:], stdin=subprocess.DEVNULL)
def watch():
    while os.read(0, 4096):
        pass
    child.send_signal(signal.SIGINT)
threading.Thread(target=watch, daemon=True).start()
for name in ("SIGTERM", "SIGHUP", "SIGPIPE"):
    signal.signal(getattr(signal, name), lambda *_: child.send_signal(signal.SIGINT))
os._exit(max(0, child.wait()))`;

export interface CaptureAsked {
  readonly interface: string;
  readonly filter: string | undefined;
  /** Packets after which it ends; left out: never. */
  readonly count: number | undefined;
  readonly seconds: number;
}

/** What a command begins with that runs in a place's network namespace. */
export function enterWords(namespace: Place['namespace']): readonly string[] {
  if (namespace === undefined) return [];
  return 'pid' in namespace ? ['nsenter', '-t', String(namespace.pid), '-n'] : ['nsenter', `--net=/run/netns/${namespace.name}`];
}

/** As few privileges as on any day: what it writes goes to us, and no interface is made promiscuous. */
export function captureWords({ namespace }: Place, { interface: name, filter, count, seconds }: CaptureAsked): readonly string[] {
  // The filter is one word, and none of tcpdump's own flags.
  return ['python3', '-c', HELD, String(seconds), ...enterWords(namespace), 'tcpdump', '-p', '-n', '-i', name, '-U', '--immediate-mode', ...(count === undefined ? [] : ['-c', String(count)]), '-w', '-', ...(filter === undefined ? [] : ['--', filter])];
}

export interface CaptureTrouble {
  readonly code: 2 | 3;
  readonly message: string;
  readonly hint: string | undefined;
}

/** Undefined: it did what it was told. */
export function captureTrouble(code: number | undefined, stderr: string, node: string, name: string): CaptureTrouble | undefined {
  const said = stderr.split('\n').filter((line) => line.trim() !== '');
  const complaint = said.find((line) => /syntax error|can't parse filter|unknown host|parse error|invalid|expression rejects/i.test(line));
  if (code === 0 || code === 124 || code === 130) return undefined;
  if (complaint !== undefined) return { code: 2, message: `tcpdump does not understand the filter: ${complaint.replace(/^tcpdump: /, '')}`, hint: 'It is one word to the shell: --filter "icmp and host 10.0.0.1". See pcap-filter(7).' };
  if (/No such device/i.test(stderr)) return { code: 2, message: `there is no interface "${name}" there`, hint: undefined };
  if (code === 127 || /failed to (run|execute)|No such file or directory/i.test(stderr)) return { code: 3, message: `there is no tcpdump on ${node}`, hint: `"labgen exec ${node} apt-get install -y tcpdump" brings it where the node has a way out.` };
  return { code: 3, message: `the capture on ${node} ended: ${lastLine(stderr) || `exit ${code ?? '?'}`}`, hint: undefined };
}

/** The last words: `12 packets captured`. */
export function capturedIn(stderr: string): string {
  return stderr.split('\n').filter((line) => /packets? (captured|dropped by kernel)/.test(line)).join(', ');
}
