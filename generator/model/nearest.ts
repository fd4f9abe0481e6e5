/** "did you mean": the nearest of some names, by edit distance with neighbours swapped. */

export function distance(a: string, b: string): number {
  const rows: number[][] = [];
  for (let i = 0; i <= a.length; i++) {
    const row: number[] = [];
    for (let j = 0; j <= b.length; j++) {
      if (i === 0 || j === 0) {
        row.push(i + j);
        continue;
      }
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const above = rows[i - 1] as number[];
      let best = Math.min((above[j] as number) + 1, (row[j - 1] as number) + 1, (above[j - 1] as number) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, ((rows[i - 2] as number[])[j - 2] as number) + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return (rows[a.length] as number[])[b.length] as number;
}

/** The nearest name if it is near enough to be meant. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  if (name.length > 60) return undefined;
  const limit = Math.max(1, Math.floor(name.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of names.slice(0, 2000)) {
    if (Math.abs(candidate.length - name.length) > limit) continue;
    const found = distance(name.toLowerCase(), candidate.toLowerCase());
    // Names without a letter in common are near each other where they are short; nobody meant one by the other.
    if (found < bestDistance && found < Math.max(name.length, candidate.length, 1)) [best, bestDistance] = [candidate, found];
  }
  return best;
}

/** A hint for an unknown name: the nearest one, and the legal ones. */
export function suggest(name: string, names: readonly string[], what: string): string {
  const near = nearest(name, names);
  const list = names.length === 0 ? `There is no ${what} in this lab.` : `Known are: ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}.`;
  return near === undefined ? list : `Did you mean "${near}"? ${list}`;
}
