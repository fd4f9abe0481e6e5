/**
 * Quoting for each target language. A template places values through these only; a value a target cannot carry
 * throws, because validation should have refused it.
 */
import { TextRefused } from '../model/template-failed.js';

/** Names, addresses, fixed words: safe as they are in comments and between other text. Anything else throws. */
export function plain(value: unknown): string {
  const text = String(value);
  if (!/^[A-Za-z0-9 ._:/,;=()'"+%-]*$/.test(text)) throw new TextRefused('not a plain text', text);
  return text;
}

/** A Ruby literal: numbers bare, texts in single quotes unless they hold a quote's own characters. */
export function rb(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = noControl(String(value), 'Ruby');
  // Double quotes are Ruby's usual form; # would interpolate in them, so it is escaped.
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('#', '\\#')}"`;
}

/** One word of a POSIX shell. */
export function sh(value: unknown): string {
  const text = String(value);
  if (text.includes('\u0000')) throw new TextRefused('a shell word cannot carry NUL', text);
  // Blank lines of a rendered file are drawn together; those of a value are kept apart by quotes that say nothing.
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`).replaceAll(/\n\n(?=\n)/g, "\n\n''")}'`;
}

/** Several words of a POSIX shell. */
export function shwords(values: unknown): string {
  return list(values).map(sh).join(' ');
}

/** Several words of a POSIX shell, each long option on a line of its own. */
export function shlines(values: unknown): string {
  return optionLines(list(values).map(sh));
}

/** Arguments of a systemd unit, each long option on a line of its own. */
export function unitlines(values: unknown): string {
  return optionLines(list(values).map(unit));
}

function optionLines(words: readonly string[]): string {
  let text = '';
  for (const word of words) text += `${text === '' ? '' : /^"?--[a-z]/.test(word) ? ' \\\n    ' : ' '}${word}`;
  return text;
}

/** A YAML scalar on one line: bare where that is safe, else double-quoted. */
export function yaml(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = String(value);
  const bare = /^[A-Za-z][A-Za-z0-9_./-]*$|^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$/.test(text) && !/^(y|n|yes|no|on|off|true|false|null|none)$/i.test(text);
  // JSON is YAML, but for the characters YAML counts as line breaks.
  return bare ? text : JSON.stringify(text).replaceAll(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** One argument on an ExecStart= line of systemd: specifiers and variables off, quoted where needed. */
export function unit(value: unknown): string {
  const text = noControl(String(value), 'a systemd unit').replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[A-Za-z0-9_@%+=:,./$-]+$/.test(text) ? text : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** Text in Markdown: nothing in it is markup. */
export function md(value: unknown): string {
  return visible(String(value).replaceAll(/\s*\n\s*/g, ' '))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/([\\`*_{}[\]#+!|~>-])/g, '\\$1')
    .replaceAll(/\\([-+!#])(?=\S)/g, '$1')
    .replaceAll(/^(\d+)([.)])(?=\s|$)/g, '$1\\$2');
}

/** Inline code in Markdown, with a fence longer than any run of backticks inside. */
export function mdcode(value: unknown): string {
  const text = String(value).replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ').replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}

/** Text in Markdown, in which what stands between two backticks is inline code; nothing else is markup. */
export function mdprose(value: unknown): string {
  return String(value)
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 0 ? md(part) : visible(part.replaceAll(/\s*\n\s*/g, ' '))))
    .join('');
}

/** A block of code in Markdown, line by line as it is, with a fence longer than any run of backticks inside. */
export function mdfence(value: unknown): string {
  const text = visible(String(value));
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map((run) => run[0].length + 1)));
  return `${fence}\n${text}\n${fence}`;
}

/** A label in a Mermaid diagram. */
export function mermaid(value: unknown): string {
  return `"${String(value).replaceAll(/[^A-Za-z0-9 ._:/-]/g, ' ')}"`;
}

/** Text another template of ours already rendered, without its final line breaks. */
export function fragment(value: unknown): string {
  return String(value).replace(/\n+$/, '\n');
}

export const QUOTING = { plain, rb, sh, shwords, shlines, yaml, unit, unitlines, md, mdcode, mdprose, mdfence, mermaid, fragment } as const;

function list(values: unknown): readonly unknown[] {
  if (!Array.isArray(values)) throw new Error('a list was expected');
  return values;
}

/** What would reorder or overprint a line in a terminal or an editor is made visible. */
function visible(text: string): string {
  return text.replaceAll(/\r\n/g, '\n').replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '\ufffd');
}

function noControl(text: string, target: string): string {
  if (/[\u0000-\u001f\u007f\u2028\u2029]/.test(text)) throw new TextRefused(`${target} cannot carry this text`, text);
  return text;
}
