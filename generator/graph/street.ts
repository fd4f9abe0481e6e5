/**
 * Nodes in rows, and under each row a street: what its nodes meet in, each on a track of its own as far as it has to be.
 * No line runs over a node, and none over a label. The unit is whatever the measures are in: pixels, or characters.
 */
import { placeLabel } from './label-place.js';

export interface StreetBox {
  readonly width: number;
  readonly height: number;
  readonly drops: readonly { readonly hub: string; readonly x: number }[];
}

export interface StreetHub {
  readonly id: string;
  /** Of its label. */
  readonly width: number;
  readonly height: number;
}

export interface Measures {
  /** How wide a row may be, if that can be had. */
  readonly across: number;
  /** Between nodes. */
  readonly gap: number;
  /** Between labels of neighbouring tracks, and from a node to the first of them. */
  readonly between: number;
  /** Under a street, before the next row. */
  readonly below: number;
  /** From one trunk to the next. */
  readonly trunk: number;
  /** Between a label and what passes it. */
  readonly clear: number;
}

export interface Track {
  readonly hub: string;
  readonly row: number;
  readonly y: number;
  readonly from: number;
  readonly to: number;
  /** Of the label's left edge. */
  readonly label: number;
  readonly drops: readonly { readonly box: number; readonly drop: number; readonly x: number }[];
}

export interface Street {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly { readonly x: number; readonly y: number }[];
  readonly tracks: readonly Track[];
  /** Left of all nodes: what joins the tracks of one hub under several rows. */
  readonly trunks: readonly { readonly hub: string; readonly x: number; readonly from: number; readonly to: number }[];
}

interface Draft extends Omit<Track, 'y' | 'row'> {
  readonly level: number;
  /** Of the label. */
  readonly end: number;
}

/** `hubs`: those nearest to the nodes first. */
export function street(boxes: readonly StreetBox[], hubs: readonly StreetHub[], measures: Measures): Street {
  const rows = rowsOf(boxes, measures);
  const long = hubs.filter((hub) => rows.filter((row) => row.some((at) => boxes[at]?.drops.some((drop) => drop.hub === hub.id))).length > 1);
  const left = long.length === 0 ? 0 : long.length * measures.trunk + measures.gap / 2;
  const columns = columnsOf(boxes, rows);
  const isGrid = columns.reduce((sum, width) => sum + width + measures.gap, -measures.gap) <= measures.across;
  const places: { x: number; y: number }[] = boxes.map(() => ({ x: 0, y: 0 }));
  const tracks: Track[] = [];
  let y = 0;
  for (const [number, row] of rows.entries()) {
    const height = Math.max(...row.map((at) => boxes[at]?.height ?? 0));
    let x = left;
    for (const [column, at] of row.entries()) {
      const { width = 0, height: own = 0 } = boxes[at] ?? {};
      const room = isGrid ? columns[column] ?? width : width;
      places[at] = { x: x + Math.floor((room - width) / 2), y: y + height - own };
      x += room + measures.gap;
    }
    y += height;
    const drafts = tracksOf({ boxes, row, places, hubs, measures, trunks: long.map((hub) => hub.id), first: number === 0, left, right: x - measures.gap });
    for (let level = Math.max(-1, ...drafts.map((draft) => draft.level)); level >= 0; level--) {
      const own = drafts.filter((draft) => draft.level === level);
      const tall = Math.max(...own.map((draft) => hubs.find((hub) => hub.id === draft.hub)?.height ?? 0));
      y += measures.between;
      tracks.push(...own.map(({ hub, from, to, label, drops }) => ({ hub, from, to, label, drops, row: number, y: y + Math.floor(tall / 2) })));
      y += tall;
    }
    if (number < rows.length - 1) y += measures.below;
  }
  const trunks = long.map((hub, index) => {
    const ys = tracks.filter((track) => track.hub === hub.id).map((track) => track.y);
    return { hub: hub.id, x: trunkAt(index, measures), from: Math.min(...ys), to: Math.max(...ys) };
  });
  const width = Math.max(...places.map((place, at) => place.x + (boxes[at]?.width ?? 0)), ...tracks.map((track) => Math.max(track.to, track.label + (hubs.find((hub) => hub.id === track.hub)?.width ?? 0))));
  return { width, height: y, boxes: places, tracks, trunks };
}

function trunkAt(index: number, measures: Measures): number {
  return Math.floor(measures.trunk / 2) + index * measures.trunk;
}

/** In columns where that takes no more rows than nodes side by side as they come. */
function rowsOf(boxes: readonly StreetBox[], { across, gap }: Measures): readonly (readonly number[])[] {
  const flow = flowing(boxes, across, gap);
  const each = Math.ceil(boxes.length / flow.length);
  const grid = flow.map((_row, number) => boxes.map((_box, at) => at).slice(number * each, (number + 1) * each)).filter((row) => row.length > 0);
  return grid.length === flow.length && columnsOf(boxes, grid).reduce((sum, width) => sum + width + gap, -gap) <= across ? grid : flow;
}

/** As many abreast as there is room for, and rows no longer than they have to be for that. */
function flowing(boxes: readonly StreetBox[], across: number, gap: number): readonly (readonly number[])[] {
  const filled = (room: number): number[][] => {
    const rows: number[][] = [];
    let used = Number.POSITIVE_INFINITY;
    for (const [at, { width }] of boxes.entries()) {
      if (used + gap + width > room) {
        rows.push([]);
        used = -gap;
      }
      used += gap + width;
      rows.at(-1)?.push(at);
    }
    return rows;
  };
  let rows = filled(across);
  for (let room = across - gap; room > 0; room -= gap) {
    const tighter = filled(room);
    if (tighter.length > rows.length) break;
    rows = tighter;
  }
  return rows;
}

function columnsOf(boxes: readonly StreetBox[], rows: readonly (readonly number[])[]): readonly number[] {
  return rows[0]?.map((_first, column) => Math.max(...rows.map((row) => boxes[row[column] ?? -1]?.width ?? 0))) ?? [];
}

interface Ground {
  readonly boxes: readonly StreetBox[];
  readonly row: readonly number[];
  readonly places: readonly { readonly x: number; readonly y: number }[];
  readonly hubs: readonly StreetHub[];
  readonly measures: Measures;
  readonly trunks: readonly string[];
  readonly first: boolean;
  readonly left: number;
  readonly right: number;
}

/** Levels count from the bottom: what is put down first lies deepest, and its drops pass all above it. */
function tracksOf(ground: Ground): readonly Draft[] {
  const done: Draft[] = [];
  for (const hub of ground.hubs.toReversed()) {
    const drops = ground.row.flatMap((box) => (ground.boxes[box]?.drops ?? []).flatMap((each, drop) => (each.hub === hub.id ? [{ box, drop, x: (ground.places[box]?.x ?? 0) + each.x }] : [])));
    const nowhere = !ground.boxes.some((box) => box.drops.some((drop) => drop.hub === hub.id));
    if (drops.length === 0 && !(nowhere && ground.first)) continue;
    for (let level = 0; ; level++) {
      const draft = tryTrack(ground, hub, drops, level, done);
      if (draft === undefined) continue;
      done.push(draft);
      break;
    }
  }
  return done;
}

function tryTrack({ measures, trunks, left, right }: Ground, hub: StreetHub, drops: Draft['drops'], level: number, done: readonly Draft[]): Draft | undefined {
  const xs = drops.map((drop) => drop.x);
  const trunk = trunks.indexOf(hub.id);
  const passing = done.filter((other) => other.level < level).flatMap((other) => other.drops.map((drop) => drop.x));
  const [low, high] = xs.length === 0 ? [(left + right) / 2, (left + right) / 2] : [Math.min(...xs), Math.max(...xs)];
  const label = placeLabel({ low, high, width: hub.width, left, right, clear: measures.clear, passing });
  const from = trunk >= 0 ? trunkAt(trunk, measures) : xs.length === 0 ? label : Math.min(low, label);
  const to = xs.length === 0 ? label + hub.width : Math.max(high, label + hub.width);
  const isHit = done.some((other) =>
    other.level === level
      ? from <= other.to + measures.clear && other.from <= to + measures.clear
      : other.level > level && xs.some((x) => x > other.label - measures.clear && x < other.end + measures.clear),
  );
  return isHit ? undefined : { hub: hub.id, level, from, to, label, end: label + hub.width, drops };
}
