/** Where on its track a label stands, so that nothing passes behind it. */

export interface LabelRoom {
  /** Of the track's own drops. */
  readonly low: number;
  readonly high: number;
  readonly width: number;
  /** Of the whole row; a label may reach over its right end where there is no other way. */
  readonly left: number;
  readonly right: number;
  /** To keep from what passes. */
  readonly clear: number;
  /** Where lines of deeper tracks pass. */
  readonly passing: readonly number[];
}

/** The left edge: as near to the middle of the track as can be, and rather on it than beside it. */
export function placeLabel({ low, high, width, left, right, clear, passing }: LabelRoom): number {
  const wanted = Math.floor((low + high - width) / 2);
  const stops = [left - clear, ...passing.toSorted((a, b) => a - b), Math.max(right, high) + 2 * (width + clear)];
  let best = Math.max(right, high) + clear;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, stop] of stops.slice(0, -1).entries()) {
    const from = Math.ceil(stop + clear);
    const to = Math.floor((stops[index + 1] ?? stop) - clear - width);
    if (to < from) continue;
    const at = Math.min(Math.max(wanted, from), to);
    const beside = Math.max(0, low - at, at + width - Math.max(high, low + width)) + Math.max(0, at + width - right) * 4;
    const cost = Math.abs(at - wanted) + 3 * beside;
    if (cost < least) [best, least] = [at, cost];
  }
  return best;
}
