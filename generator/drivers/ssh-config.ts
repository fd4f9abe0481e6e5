/** Reading the text that `vagrant ssh-config` prints. */

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

/** The hosts of an ssh-config, in order. Patterns (`Host *`) and keywords labgen has no use for are passed over. */
export function parseSshConfig(text: string): readonly SshHost[] {
  const hosts: SshHost[] = [];
  let names: readonly string[] = [];
  let settings = new Map<string, string[]>();
  const finish = (): void => {
    for (const node of names) hosts.push(hostOf(node, settings));
  };
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(line);
    if (!match) continue;
    const keyword = (match[1] ?? '').toLowerCase();
    const words = wordsOf(match[2] ?? '');
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
  const port = Number(first('port') ?? 22);
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

/** Words parted by blanks; double quotes keep a path with blanks together. */
function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map((match) => match[1]?.replaceAll('\\"', '"') ?? match[2] ?? '');
}
