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
