/** Reading the text of a known_hosts file: which SSH host keys were noted under a name. */

export interface HostKey {
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa` … */
  readonly type: string;
  /** The key itself, in Base64. */
  readonly key: string;
}

/** Lines are `NAMES TYPE KEY COMMENT`. Hashed names and markers (`@revoked`) are of no file of ours. */
export function hostKeysOf(text: string, name: string): readonly HostKey[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [names = '', type, key] = line.trim().split(/\s+/);
    return type !== undefined && key !== undefined && !/^[#@]/.test(names) && names.split(',').includes(name) ? [{ type, key }] : [];
  });
}

/** How keys of each type may sign; what is not here no client of ours speaks. */
const SIGNATURES: Readonly<Record<string, readonly string[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** The algorithms to ask a server for, so that it shows a key that can be compared. */
export function algorithmsFor(keys: readonly HostKey[]): readonly string[] {
  return [...new Set(keys.flatMap(({ type }) => SIGNATURES[type] ?? []))];
}
