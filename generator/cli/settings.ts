/** `--set path=value`: the value is YAML, so that numbers, lists and maps can be given. */
import { parse } from 'yaml';
import { Failure } from '../model/failure.js';
import { isTree } from '../model/merge.js';
import { MAX_DEPTH, tooDeepAt } from '../source/parse.js';
import { oddSign, RESERVED } from '../source/syntax.js';
import { splitPath, type Setting } from '../source/settings.js';

/** Keys and indices; a key with dots in it stands in brackets and quotes. */
const SETTING = /^((?:[A-Za-z0-9_.-]|\[\d+\]|\["[^"]*"\])+)=(.*)$/s;

export function parseSettings(texts: readonly string[]): readonly Setting[] {
  return texts.map((text) => {
    const [, path, value] = SETTING.exec(text) ?? [];
    if (path === undefined || value === undefined) throw new Failure(2, `--set ${text.replace(/=[^]*/, '=…')} is not PATH=VALUE`, 'For example: --set nodes.net-1.docker.mtu=1400');
    if (tooDeepAt(value)) throw new Failure(2, `the value of --set ${path} nests deeper than ${MAX_DEPTH} levels`, 'No part of a lab needs so many.');
    let setting: Setting;
    try {
      setting = { text, path: splitPath(path), value: value === '' ? '' : (parse(value, { maxAliasCount: 0, logLevel: 'error' }) as unknown) };
    } catch (error) {
      // What is said behind a colon is part of the value, which may be a secret.
      throw new Failure(2, `the value of --set ${path} is not readable: ${(error as Error).message.split(/:|\n/)[0] ?? ''}`, 'Quote it, or write it as YAML: --set vars.list="[a, b]"');
    }
    if (setting.path.some((step) => RESERVED.has(step)) || isReserved(setting.value)) throw new Failure(2, `--set ${path}=… has a key that cannot be one: ${[...RESERVED].join(', ')}`, 'Give it another name.');
    const sign = signIn([setting.value, ...setting.path]);
    if (sign !== undefined) throw new Failure(2, `--set ${path}=… has the sign ${sign}, which no rendered file should carry`, 'Take it away: it cannot be seen, or is half of a sign.');
    return setting;
  });
}

function isReserved(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isReserved);
  return isTree(value) && Object.entries(value).some(([key, inner]) => RESERVED.has(key) || isReserved(inner));
}

/** The first sign in a value that no file should carry. */
function signIn(value: unknown): string | undefined {
  if (typeof value === 'string') return oddSign(value);
  const inner = Array.isArray(value) ? (value as unknown[]) : isTree(value) ? Object.entries(value).flat() : [];
  for (const each of inner) {
    const sign = signIn(each);
    if (sign !== undefined) return sign;
  }
  return undefined;
}
