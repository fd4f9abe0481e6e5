/** Boxes with lines of text in them, measured. Sizes are CSS pixels. */
import { widthOf } from './text.js';

/** A piece of a line. */
export interface Run {
  readonly text: string;
  readonly look?: 'strong' | 'muted' | 'presumed';
}

export interface Line {
  readonly runs: readonly Run[];
  readonly size: number;
  /** Lines of one interface, one after another, are one group. */
  readonly face?: string;
  /** Whose line it is, where another one's namespace is shared. */
  readonly endpoint?: string;
}

export type BoxKind = 'guest' | 'hosted' | 'switch' | 'exit' | 'stub';

export interface Box {
  readonly id: string;
  readonly kind: BoxKind;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly Line[];
  /** `data-` attributes. */
  readonly data: Readonly<Record<string, string>>;
}

export const PADDING = { x: 9, y: 6 };
/** Of the size. */
export const LEADING = 1.35;
export const SIZE = 11.5;
export const NAME = 12.5;

/** Between runs. */
const SPACE = ' ';

export function lineWidth({ runs, size }: Line): number {
  return runs.reduce((sum, run, index) => sum + widthOf((index > 0 ? SPACE : '') + run.text, { size, bold: run.look === 'strong' }), 0);
}

export function boxOf(id: string, kind: BoxKind, lines: readonly Line[], data: Box['data'], least = 0): Box {
  return {
    id, kind, lines, data,
    width: Math.ceil(Math.max(least, ...lines.map((line) => lineWidth(line) + 2 * PADDING.x))),
    height: Math.ceil(lines.reduce((sum, line) => sum + line.size * LEADING, 2 * PADDING.y)),
  };
}

/** Where a line's letters stand, below the upper edge of its box. */
export function baseline(lines: readonly Line[], index: number): number {
  const above = lines.slice(0, index).reduce((sum, line) => sum + line.size * LEADING, PADDING.y);
  return above + (lines[index]?.size ?? 0) * 1.05;
}
