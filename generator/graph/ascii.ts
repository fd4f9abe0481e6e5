/** A topology in characters, for terminals and for whoever reads a file there: the same streets as in the picture, a box a list. */
import { asciiBox, type AsciiBox } from './ascii-box.js';
import { street, type Measures, type Street, type Track } from './street.js';
import type { Hub, Topology } from './topology.js';

const MEASURES: Measures = { across: 100, gap: 2, between: 0, below: 1, trunk: 2, clear: 1 };

/** Across, and where a drop comes down to it: at its left end, at its right end, between them; and where a trunk meets it. */
const TRACKS: Readonly<Record<Hub['kind'], { readonly line: string; readonly left: string; readonly right: string; readonly both: string; readonly top: string; readonly middle: string }>> = {
  network: { line: '═', left: '╘', right: '╛', both: '╧', top: '╒', middle: '╞' },
  tunnel: { line: '╌', left: '└', right: '┘', both: '┴', top: '┌', middle: '├' },
  overlay: { line: '┄', left: '└', right: '┘', both: '┴', top: '┌', middle: '├' },
};

/** For terminals that have no more. */
const PLAIN: Readonly<Record<string, string>> = { '─': '-', '═': '=', '╌': '-', '┄': '.', '→': '>', '×': 'x', '╪': '+' };

export interface AsciiOptions {
  /** Nothing beyond ASCII. */
  readonly only?: boolean;
  /** Characters. */
  readonly across?: number;
}

export function asciiOf(topology: Topology, { only = false, across = MEASURES.across }: AsciiOptions = {}): string {
  const boxes = topology.nodes.map((node) => asciiBox(node, topology.hubs));
  const labels = new Map(topology.hubs.map((hub) => [hub.id, ` ${[hub.title, ...hub.details].join(' ')} `]));
  const laid = street(boxes, topology.hubs.map((hub) => ({ id: hub.id, width: labels.get(hub.id)?.length ?? 0, height: 1 })), { ...MEASURES, across });
  const canvas = new Canvas();
  for (const [at, box] of boxes.entries()) for (const [row, line] of box.lines.entries()) canvas.text(laid.boxes[at]?.x ?? 0, (laid.boxes[at]?.y ?? 0) + row, line);
  for (const hub of topology.hubs) drawHub(canvas, hub, laid, boxes);
  for (const track of laid.tracks) canvas.text(track.label, track.y, labels.get(track.hub) ?? '');
  const drawn = canvas.lines();
  const text = `${[...drawn, ...(drawn.some((line) => line.includes('~')) ? ['', '~ an address that is chosen when the lab runs'] : [])].join('\n')}\n`;
  return only ? text.replaceAll(/[^\u0000-\u007e]/g, (character) => PLAIN[character] ?? ('│╎'.includes(character) ? '|' : '+')) : text;
}

function drawHub(canvas: Canvas, hub: Hub, laid: Street, boxes: readonly AsciiBox[]): void {
  const tracks = laid.tracks.filter((track) => track.hub === hub.id);
  const look = TRACKS[hub.kind];
  for (const trunk of laid.trunks) if (trunk.hub === hub.id) for (let y = trunk.from; y <= trunk.to; y++) canvas.put(trunk.x, y, '│');
  for (const [index, track] of tracks.entries()) {
    // A label ends before its right edge; what passes a track is drawn over it.
    const end = Math.max(track.to - 1, ...track.drops.map((drop) => drop.x));
    for (let x = track.from; x <= end; x++) if (canvas.at(x, track.y) === ' ') canvas.put(x, track.y, look.line);
    if (laid.trunks.some((trunk) => trunk.hub === hub.id)) canvas.put(track.from, track.y, index === 0 ? look.top : index === tracks.length - 1 ? look.left : look.middle);
    for (const drop of track.drops) drawDrop(canvas, track, drop, laid, boxes, look);
  }
}

function drawDrop(canvas: Canvas, track: Track, { box, x }: Track['drops'][number], laid: Street, boxes: readonly AsciiBox[], look: (typeof TRACKS)[Hub['kind']]): void {
  const bottom = (laid.boxes[box]?.y ?? 0) + (boxes[box]?.height ?? 0) - 1;
  canvas.put(x, bottom, '┼');
  for (let y = bottom + 1; y < track.y; y++) canvas.put(x, y, '│');
  canvas.put(x, track.y, x === track.from ? (track.from === track.to ? '│' : look.left) : x === track.to ? look.right : look.both);
}

class Canvas {
  private readonly rows: string[][] = [];

  put(x: number, y: number, character: string): void {
    const row = (this.rows[y] ??= []);
    row[x] = character;
  }

  at(x: number, y: number): string {
    return this.rows[y]?.[x] ?? ' ';
  }

  text(x: number, y: number, text: string): void {
    for (const [index, character] of [...text].entries()) this.put(x + index, y, character);
  }

  lines(): string[] {
    return Array.from(this.rows, (row) => Array.from(row ?? [], (character) => character ?? ' ').join('').trimEnd());
  }
}
