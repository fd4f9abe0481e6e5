/** labgen capture WHERE INTERFACE: what passes an interface of a running node or container, as pcap, until Ctrl-C. */
import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { connectSsh } from '../../drivers/ssh.js';
import { Failure, type ExitCode } from '../../model/failure.js';
import { suggest } from '../../model/nearest.js';
import { parseJson, textOf, treesOf } from '../../model/foreign.js';
import type { Connections } from '../../model/connections.js';
import { captureTrouble, captureWords, capturedIn, enterWords } from '../../trace/tcpdump.js';
import { LabFacts } from '../../verify/facts.js';
import type { Place } from '../../verify/matrix.js';
import { placeIn } from '../../verify/places.js';
import { appender, type Appender } from '../../write/appender.js';
import { refusal } from '../../write/refusal.js';
import type { Context } from '../context.js';
import { openLab } from '../open-lab.js';
import { insideEngine, runningFolder, sshHosts } from '../running.js';

interface Options {
  readonly where: string;
  readonly interface: string;
  readonly lab?: string;
  readonly output?: string;
  /** A file; left out: standard output. */
  readonly write?: string;
  readonly filter?: string;
  readonly count?: number;
  readonly for: number;
}

/** Exit code 2 where there is no such interface or the filter is none, 3 where the node cannot do it. */
export async function capture(context: Context, options: Options): Promise<ExitCode> {
  const { write, where, interface: name } = options;
  if (write === undefined && context.isTerminal) throw new Failure(2, 'a capture is no text for a terminal', `Give it to a program, as in "labgen capture ${where} ${name} | wireshark -k -i -", or to a file with -w FILE.`);
  if (!/^[\w.@:][\w.@:-]{0,14}$/.test(name)) throw new Failure(2, `"${name}" is no name of an interface`, 'As in eth1, docker0 or any.');
  // A link that leads nowhere is there, too.
  if (write !== undefined && lstatSync(resolve(context.cwd, write), { throwIfNoEntry: false })) throw new Failure(2, `${write} is there already`, 'Name another file.');
  const folder = runningFolder(context, options);
  const code = await insideEngine(context, folder);
  if (code !== undefined) return code;
  const { lab } = openLab(context, { output: folder });
  const owners = [...lab.nodes, ...lab.containers].map((each) => each.name);
  const owner = owners.find((each) => each === where);
  if (owner === undefined) throw new Failure(2, `no node or container "${where}"`, suggest(where, owners, 'node or container'));
  const connections = connectSsh(sshHosts(folder), { signal: context.interrupt });
  const enough = new AbortController();
  const leave = (): void => enough.abort();
  context.interrupt.addEventListener('abort', leave, { once: true });
  let file: Appender | undefined;
  try {
    const facts = new LabFacts(lab, connections, () => performance.now());
    await facts.refresh([lab.containers.find((each) => each.name === owner)?.node ?? owner]);
    const place = placeIn(lab, facts)(owner);
    if ('notMeasured' in place) throw new Failure(3, place.notMeasured, 'See "labgen status".');
    await stopUnlessThere(connections, place, owner, name);
    file = write === undefined ? undefined : opened(context, write);
    const take = async (bytes: Uint8Array): Promise<void> => {
      if (file) file.add(bytes);
      // Nobody reads any more: that is an end, and no error.
      else if ((await context.outBytes?.(bytes)) === false) enough.abort();
    };
    if (write !== undefined) context.err(`capturing ${name} of ${owner} into ${write}; Ctrl-C ends it\n`);
    const ended = await connections.stream(place.node, captureWords(place, { interface: name, filter: options.filter, count: options.count, seconds: options.for }), take, { timeoutMs: (options.for + 10) * 1000, until: enough.signal });
    const trouble = captureTrouble(ended.code, ended.stderr, place.node, name);
    if (trouble) throw new Failure(trouble.code, trouble.message, trouble.hint);
    context.err(`${capturedIn(ended.stderr) || 'nothing was captured'}\n`);
    return 0;
  } finally {
    file?.close();
    context.interrupt.removeEventListener('abort', leave);
    await connections.close();
  }
}

/** @throws Failure (exit 3) where the system refuses. */
function opened(context: Context, file: string): Appender {
  try {
    return appender(resolve(context.cwd, file));
  } catch (error) {
    throw refusal(error, file, 'Name another file with -w.');
  }
}

/** tcpdump's own complaint comes late, and does not say what there is. */
async function stopUnlessThere(connections: Connections, { node, namespace }: Place, owner: string, name: string): Promise<void> {
  if (name === 'any') return;
  const { stdout } = await connections.run(node, [...enterWords(namespace), 'ip', '-j', 'link']);
  const names = (treesOf(parseJson(stdout)) ?? []).flatMap((each) => textOf(each['ifname']) ?? []);
  if (names.length > 0 && !names.includes(name)) throw new Failure(2, `${owner} has no interface "${name}"`, suggest(name, names, 'interface'));
}
