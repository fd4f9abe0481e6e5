/** Words from a lab's machines, made safe to print: a terminal must not obey them, XML must be able to carry them. */

/** C0 but for tab and newline, DEL, C1, what turns the direction of text or is invisible, and what XML 1.0 has no place for. */
// eslint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Each unsafe sign becomes its number: `\x1b`, `\u202e`. Newlines and tabs stay. */
export function plain(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(UNSAFE, (sign) => {
    const code = sign.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** C0 but for tab and newline, DEL, C1, separators, byte order marks, what turns the direction of text, and tags, which nobody sees. */
// eslint-disable-next-line no-control-regex
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\udb40[\udc00-\udc7f]/g;
/** Our own colours. */
// eslint-disable-next-line no-control-regex
const COLOUR = /^\u001b\[(?:0|1|2|3[1-6])m/;
/** How our own progress wipes its line; it is written alone. */
export const WIPE = '\r\u001b[2K';

/**
 * The last gate before a terminal or a log: whatever a lab, a folder or a node says, nobody obeys it. Signs become
 * `\u001b`, which leaves JSON what it was. `coloured`: our own colours pass. `commands`: the log belongs to GitHub
 * Actions, which obeys lines that look like its commands; they do no longer.
 */
export function harmless(text: string, { coloured, commands }: { readonly coloured: boolean; readonly commands: boolean }): string {
  if (text === WIPE) return text;
  const escaped = text.replace(OBEYED, (sign, at: number) => (coloured && sign === '\u001b' && COLOUR.test(text.slice(at, at + 6)) ? sign : escapedSign(sign)));
  if (!commands) return escaped;
  return escaped.replace(/^([^\S\n]*):(?=:[^\s:]+(?: [^\n]*)?::)/gm, (_, blanks: string) => `${blanks}\\u003a`).replaceAll('##[', '#\\u0023[');
}

function escapedSign(sign: string): string {
  return [...Array(sign.length).keys()].map((at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
}

/** On one line, and not longer than a person reads. */
export function oneLine(text: string, limit = 400): string {
  const line = plain(text).trim().replaceAll(/\s*\n\s*/g, ' ⏎ ').replaceAll('\t', ' ');
  return line.length > limit ? `${line.slice(0, limit)}…` : line;
}

/** `0.3 s`, `12.0 s`, `1 min 4 s`. */
export function secondsText(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `gre (open)`. */
export function labTitle(of: { readonly lab: string; readonly stage: string | undefined }): string {
  return of.stage === undefined ? of.lab : `${of.lab} (${of.stage})`;
}
