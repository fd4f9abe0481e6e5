/** Reading the text that `vagrant ssh-config` prints. */
import { Failure } from '../model/failure.js';
import { printable } from '../model/problem.js';

export interface SshHost {
  readonly node: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Private keys, in the order they are to be tried. */
  readonly identityFiles: readonly string[];
  /** The name its host keys are noted under. */
  readonly hostKeyName: string;
  /** The file they are noted in; undefined where none is named. */
  readonly knownHostsFile: string | undefined;
}

/**
 * The hosts of an ssh-config, in order. Patterns (`Host *`) and keywords labgen has no use for are passed over.
 * @throws Failure (exit 3) where a port is none.
 */
export function parseSshConfig(text: string): readonly SshHost[] {
  const hosts: SshHost[] = [];
  let names: readonly string[] = [];
  let settings = new Map<string, string[]>();
  const finish = (): void => {
    for (const node of names) hosts.push(hostOf(node, settings));
  };
  for (const line of text.split(/\r?\n/)) {
    const [, name = '', rest] = /^([A-Za-z]+)(?=[\s=])\s*=?(.*)$/s.exec(line.trim()) ?? [];
    if (rest === undefined) continue;
    const keyword = name.toLowerCase();
    const words = wordsOf(rest);
    if (keyword === 'host' || keyword === 'match') {
      finish();
      names = keyword === 'host' ? words.filter((name) => !/[*?!]/.test(name)) : [];
      settings = new Map();
    } else if (words[0] !== undefined) settings.set(keyword, [...(settings.get(keyword) ?? []), words[0]]);
  }
  finish();
  return hosts;
}

/** As ssh does: the first value counts, but every IdentityFile. */
function hostOf(node: string, settings: ReadonlyMap<string, readonly string[]>): SshHost {
  const first = (keyword: string): string | undefined => settings.get(keyword)?.[0];
  const address = first('hostname') ?? node;
  const port = portOf(node, first('port') ?? '22');
  const known = first('userknownhostsfile');
  return {
    node,
    address,
    port,
    user: first('user') ?? 'vagrant',
    identityFiles: (settings.get('identityfile') ?? []).map(plainPath),
    hostKeyName: first('hostkeyalias') ?? (port === 22 ? address : `[${address}]:${port}`),
    knownHostsFile: known === undefined ? undefined : plainPath(known),
  };
}

/** In paths `%` begins a token. */
function plainPath(path: string): string {
  return path.replaceAll('%%', '%');
}

function portOf(node: string, text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535) throw new Failure(3, `the SSH settings of ${node} have no port that could be one: ${printable(text.slice(0, 60))}`, 'Vagrant writes them when a machine boots, into .labgen/ssh-config: "labgen up" has them written again.');
  return port;
}

/** Words parted by blanks; double quotes keep a path with blanks together. */
function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map((match) => match[1]?.replaceAll('\\"', '"') ?? match[2] ?? '');
}
