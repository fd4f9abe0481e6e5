/** Rows of words in columns. */

/** Each column as wide as its widest word; two blanks between. No blanks at the end of a line. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) for (const [index, word] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, word.length);
  return rows.map((row) => `${row.map((word, index) => word.padEnd(widths[index] ?? 0)).join('  ').trimEnd()}\n`).join('');
}
