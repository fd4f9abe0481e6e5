/** Lines of a text by the offset of a character in it. */

interface Line {
  /** Offset of its first character. */
  readonly start: number;
  readonly text: string;
}

export function lineAt(text: string, offset: number): Line {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', start);
  return { start, text: text.slice(start, end < 0 ? text.length : end) };
}

/** Offset of the next line that says something; of this one where none does. */
export function nextLine(text: string, offset: number): number {
  const own = lineAt(text, offset);
  for (let start = own.start + own.text.length + 1; start < text.length; ) {
    const line = lineAt(text, start);
    if (says(line.text)) return start;
    start += line.text.length + 1;
  }
  return own.start;
}

/** The line at an offset, or the nearest before it that says something. */
export function shownLine(text: string, offset: number): string {
  for (let at = offset; at >= 0; ) {
    const line = lineAt(text, at);
    if (says(line.text)) return line.text;
    at = line.start - 1;
  }
  return '';
}

/** How many blanks it begins with. */
export function indented(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0;
}

/** The column, from 1, in which what it says begins: behind the dash of an item. */
export function columnOf(line: string): number {
  return (/^ *(- +)*/.exec(line)?.[0].length ?? 0) + 1;
}

function says(line: string): boolean {
  return /^\s*[^\s#]/.test(line);
}
