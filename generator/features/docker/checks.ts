/** docker: what `docker inspect` says; daemon: the flags the running dockerd was started with. */
import type { CheckKind, CommandResult, Expectation, Facts, NodeCommand, Reading } from '../../model/check.js';
import { expectedValue, matches } from '../../model/expectation.js';
import { parseJson, treesOf } from '../../model/foreign.js';
import { isContainer, isNotRun, lastLine, notAsked, notUnderstood, placeOf, word } from '../../model/probe.js';
import { containerName, object, reference } from '../../schema/patterns.js';

export const docker: CheckKind = {
  name: 'docker',
  schema: () => object(
    {
      node: reference('The node. Left out: the container\'s.', 'net-1'),
      container: containerName('The container.'),
      path: { type: 'string', pattern: '^[A-Za-z0-9_][!-~]*$', form: 'keys of "docker inspect", joined by dots', maxLength: 500, description: 'The place in what "docker inspect" says.', examples: ['NetworkSettings.Networks.bridge.IPAddress'] },
    },
    { title: 'docker inspect', required: ['container', 'path'], description: 'The value is there and not empty. Expect: a value, a pattern, absent.', examples: [{ container: 'c1', path: 'HostConfig.NetworkMode' }] },
  ),
  references: { node: 'node', container: 'container' },
  expects: { unreachable: false, values: ['string', 'number', 'boolean'], words: ['absent'], patterns: true },
  describe: (subject) => `docker ${word(subject, 'container')} ${word(subject, 'path')}`,
  probe(subject, facts) {
    const container = word(subject, 'container');
    const node = word(subject, 'node') || (isContainer(container, facts) ? facts.nodeOf(container) : '');
    if (node === '') return { notRun: `nobody knows which node ${container} is on` };
    return { command: { node, argv: ['docker', 'inspect', '--type', 'container', container] }, read: (result) => readInspect(result, word(subject, 'path')) };
  },
  mutation(subject, facts, expect) {
    const container = word(subject, 'container');
    if (!isContainer(container, facts) || (expect.is === 'value' && expect.value === 'absent')) return undefined;
    // Docker cannot rename one that is on a swarm's network.
    if (isOnOverlay(container, facts)) return undefined;
    const node = word(subject, 'node') || facts.nodeOf(container);
    // Stopping it would change its address and process; a new name leaves all that alone.
    const away = `${container}-labgen-mutation`;
    return { title: `rename ${container}`, break: { node, argv: ['docker', 'rename', container, away] }, mend: { node, argv: ['docker', 'rename', away, container] } };
  },
};

function isOnOverlay(name: string, facts: Facts): boolean {
  const network = facts.lab.containers.find((container) => container.name === name)?.network;
  return facts.lab.dockerNetworks.some((each) => each.driver === 'overlay' && each.name === network);
}

function readInspect(result: CommandResult, path: string): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  if (result.code !== 0) {
    const said = lastLine(result.stderr);
    return /no such (container|object)/i.test(said) ? { state: 'unreachable', value: 'absent', seen: 'there is no such container' } : { state: 'not-run', seen: said || `exit ${result.code}` };
  }
  const [inspected] = treesOf(parseJson(result.stdout)) ?? [];
  if (!inspected) return notUnderstood('docker', result);
  const found = walk(inspected, path);
  if (found === undefined || found === null) return { state: 'unreachable', value: 'absent', seen: `there is no ${path}` };
  const value = typeof found === 'object' ? written(found) : (found as string | number | boolean);
  return { state: value === '' ? 'differs' : 'works', value, seen: value === '' ? 'empty' : String(value) };
}

/** What nests without end has no text. */
function written(value: object): string {
  try {
    return JSON.stringify(value);
  } catch {
    return 'too deep to be shown';
  }
}

/** Keys may hold dots themselves (labels, networks): at every step the longest key that fits is taken. */
export function walk(value: unknown, path: string): unknown {
  if (path === '') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const steps = path.split('.');
  for (let length = steps.length; length > 0; length--) {
    const key = steps.slice(0, length).join('.');
    if (Object.hasOwn(value, key)) return walk((value as Record<string, unknown>)[key], steps.slice(length).join('.'));
  }
  return undefined;
}

const CMDLINE = 'pid=$(systemctl show -p MainPID --value docker.service) && [ "$pid" -gt 0 ] || { echo "dockerd does not run" >&2; exit 3; }; tr "\\0" "\\n" < "/proc/$pid/cmdline"';

export const daemon: CheckKind = {
  name: 'daemon',
  schema: () => object(
    { node: reference('The node whose dockerd is meant.', 'net-1'), flag: { type: 'string', pattern: '^(--)?[a-z][a-z0-9-]*$', form: 'a flag of dockerd', maxLength: 60, description: 'The flag, without its dashes.', examples: ['mtu'] } },
    { title: 'Daemon flag', required: ['node', 'flag'], description: 'The running dockerd was started with this flag. Expect: its value (of a repeated flag, any), a pattern, absent.', examples: [{ node: 'net-1', flag: 'bip' }] },
  ),
  references: { node: 'node' },
  expects: { unreachable: false, values: ['string', 'number', 'boolean'], words: ['absent'], patterns: true },
  describe: (subject) => `daemon ${word(subject, 'node')} --${flagOf(word(subject, 'flag'))}`,
  probe(subject, facts, expect) {
    const place = placeOf(word(subject, 'node'), facts);
    if (isNotRun(place)) return place;
    return { command: { node: place.node, argv: ['sh', '-c', CMDLINE] }, read: (result) => readFlag(result, flagOf(word(subject, 'flag')), expect) };
  },
  mutation(subject, _facts, expect) {
    if (expect.is === 'pattern' || expectedValue(expect) === 'absent') return undefined;
    if (HELD.has(flagOf(word(subject, 'flag')))) return undefined;
    const node = word(subject, 'node');
    return { title: `restart dockerd without --${flagOf(word(subject, 'flag'))}`, break: restartWithout(node, flagOf(word(subject, 'flag'))), mend: restartAsBefore(node) };
  },
};

/** Without these dockerd does not start before Docker 27, beside --ip6tables and --ipv6. */
const HELD: ReadonlySet<string> = new Set(['experimental', 'fixed-cidr-v6']);

function flagOf(text: string): string {
  return text.replace(/^--/, '');
}

function readFlag(result: CommandResult, flag: string, expect: Expectation): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  if (result.code !== 0) return { state: 'not-run', seen: lastLine(result.stderr) || `exit ${result.code}` };
  const words = result.stdout.split('\n').filter((each) => each !== '');
  if (words.length === 0) return { state: 'not-run', seen: 'dockerd has no command line: it is just ending' };
  const values = flagValues(words, flag);
  if (values.length === 0) return { state: 'unreachable', value: 'absent', seen: `dockerd runs without --${flag}` };
  const value = values.find((each) => matches(expect, each)) ?? values.join(', ');
  return { state: 'works', value, seen: values.map((each) => `--${flag}=${each}`).join(' ') };
}

/** `--mtu=1476`, `--mtu 1476`, and a bare `--debug`, which is true. */
export function flagValues(words: readonly string[], flag: string): readonly string[] {
  const values: string[] = [];
  words.forEach((each, index) => {
    const next = words[index + 1];
    if (each.startsWith(`--${flag}=`)) values.push(each.slice(flag.length + 3));
    else if (each === `--${flag}`) values.push(next === undefined || next.startsWith('-') ? 'true' : next);
  });
  return values;
}

const OVERRIDE = '/run/systemd/system/docker.service.d/99-labgen-mutation.conf';

/** Writes the running command line without the flag into a later drop-in; systemd's own signs are doubled. */
const WITHOUT = `import os, subprocess, sys
flag, path = sys.argv[1:]
pid = subprocess.check_output(["systemctl", "show", "-p", "MainPID", "--value", "docker.service"], text=True).strip()
words = open("/proc/%s/cmdline" % pid).read().split("\\0")[:-1]
kept, skip = [], False
for i, word in enumerate(words):
    if skip:
        skip = False
    elif word == "--" + flag:
        skip = i + 1 < len(words) and not words[i + 1].startswith("-")
    elif not word.startswith("--" + flag + "="):
        kept.append('"' + word.replace("\\\\", "\\\\\\\\").replace('"', '\\\\"').replace("%", "%%").replace("$", "$$") + '"')
os.makedirs(os.path.dirname(path), exist_ok=True)
open(path, "w").write("[Service]\\nExecStart=\\nExecStart=" + " ".join(kept) + "\\n")
subprocess.check_call(["systemctl", "daemon-reload"])
subprocess.check_call(["systemctl", "restart", "docker.service"])`;

function restartWithout(node: string, flag: string): NodeCommand {
  return { node, argv: ['python3', '-c', WITHOUT, flag, OVERRIDE] };
}

function restartAsBefore(node: string): NodeCommand {
  return { node, argv: ['sh', '-c', 'rm -f "$1" && rmdir --ignore-fail-on-non-empty "$(dirname "$1")" && systemctl daemon-reload && systemctl restart docker.service', 'sh', OVERRIDE] };
}
