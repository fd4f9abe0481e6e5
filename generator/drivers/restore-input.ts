/** The rules of a rendered firewall script as iptables-restore and ip6tables-restore take them, each with the line of the script it stands on. Pure. */

import type { Family } from '../model/family.js';

export interface RestoreInput {
  readonly text: string;
  /** Lines of the script by lines of `text`, both 1-based; none for what stands in no line of the script. */
  readonly lines: ReadonlyMap<number, number>;
  /** Lines of the script that call for a rule, but in words no one can know without running it. */
  readonly unread: readonly number[];
}

interface Call {
  readonly line: number;
  readonly verb: 'chain' | 'rule';
  readonly words: readonly string[];
}

/** Chains the kernel has, by table. Source: iptables(8). */
const BUILT_IN: Readonly<Record<string, readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
};

/** How the script calls for them, by family. */
const CALLS: Readonly<Record<Family, RegExp>> = { 4: /^ +(chain|rule|routed_rule) (.*)$/, 6: /^ +(chain6|docker_chain6|rule6|routed_rule6) (.*)$/ };

export function restoreInput(script: string, family: Family = 4): RestoreInput {
  const unread: number[] = [];
  const calls = script.split('\n').flatMap((text, index): Call[] => {
    const [, called, rest] = CALLS[family].exec(text) ?? [];
    // Helpers hand on what they were given.
    if (called === undefined || rest === undefined || /^"\$[@1]"/.test(rest)) return [];
    const verb = /^(docker_)?chain/.test(called) ? 'chain' : 'rule';
    const words = shellWords(rest);
    if (words && words.length >= (verb === 'chain' ? 3 : 2)) return [{ line: index + 1, verb, words }];
    unread.push(index + 1);
    return [];
  });
  const out: string[] = [];
  const lines = new Map<number, number>();
  const say = (text: string, line?: number): void => {
    if (line !== undefined) lines.set(out.length + 1, line);
    out.push(text);
  };
  for (const table of new Set(calls.map((call) => call.words[0] ?? ''))) {
    const own = calls.filter((call) => call.words[0] === table);
    say(`*${table}`, own[0]?.line);
    for (const name of BUILT_IN[table] ?? []) say(`:${name} ACCEPT [0:0]`);
    const chains = own.filter((call) => call.verb === 'chain');
    // A parent that others make, such as DOCKER-USER, is made here.
    for (const name of new Set(chains.flatMap((call) => [call.words[1] ?? '', call.words[2] ?? '']))) if (!BUILT_IN[table]?.includes(name)) say(`:${word(name)} - [0:0]`);
    for (const { verb, words, line } of own) say(verb === 'chain' ? `-I ${word(words[1] ?? '')} 1 -j ${word(words[2] ?? '')}` : `-A ${words.slice(1).map(word).join(' ')}`, line);
    say('COMMIT');
  }
  return { text: out.map((line) => `${line}\n`).join(''), lines, unread };
}

/** Words as the shell would split them; undefined where it would put something in, such as a variable, or a quote stays open. */
function shellWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  const piece = /(\s+)|([\w@%+=:,./!^-]+)|'([^']*)'|\\(.)/y;
  let open: string | undefined;
  while (piece.lastIndex < text.length) {
    const match = piece.exec(text);
    if (!match) return undefined;
    const [, blank, bare, quoted, escaped] = match;
    if (blank === undefined) open = (open ?? '') + (bare ?? quoted ?? escaped ?? '');
    else if (open !== undefined) {
      words.push(open);
      open = undefined;
    }
  }
  return open === undefined ? words : [...words, open];
}

/** One word in the language of iptables-restore, which splits at blanks and knows double quotes. */
function word(text: string): string {
  return /^[^\s"'\\]+$/.test(text) ? text : `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
