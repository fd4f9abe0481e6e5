/** What an SVG of ours shows, as boxes, lines and texts with places: read from its bytes, strictly. */
import { widthOf } from '../../generator/graph/text.js';

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Shape extends Area {
  /** Of the element, or of the nearest group that has one. */
  readonly kind: string;
  /** Groups around it, from the outermost, each by its attributes. */
  readonly groups: readonly Readonly<Record<string, string>>[];
  readonly text: string;
}

export interface Drawing {
  readonly size: Area;
  readonly rects: readonly Shape[];
  readonly texts: readonly (Shape & { readonly box: Shape | undefined })[];
  /** Straight pieces, with the width of none. */
  readonly lines: readonly Shape[];
}

interface Frame {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly x: number;
  readonly y: number;
  rect?: Shape;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

/** @throws where it is not well-formed, or has an element or entity that no drawing of ours has. */
export function readSvg(svg: string): Drawing {
  const rects: Shape[] = [];
  const texts: (Shape & { readonly box: Shape | undefined })[] = [];
  const lines: Shape[] = [];
  const frames: Frame[] = [];
  let size: Area = { x: 0, y: 0, width: 0, height: 0 };
  let runs: { text: string; bold: boolean }[] = [];
  const tokens = svg.matchAll(/<(\/?)([A-Za-z]+)((?:\s+[A-Za-z-]+(?::[a-z]+)?="[^"<]*")*)\s*(\/?)>|([^<]+)/gs);
  let read = 0;
  for (const token of tokens) {
    if (token.index !== read) throw new Error(`not well-formed at ${svg.slice(read, read + 60)}`);
    read += token[0].length;
    const [, closing, name = '', listed = '', single, text] = token;
    const top = frames.at(-1);
    if (text !== undefined) {
      if (top?.name === 'text' || top?.name === 'tspan') runs.push({ text: decode(text), bold: frames.some((frame) => frame.attributes['class'] === 'strong') });
      continue;
    }
    if (closing === '/') {
      if (top?.name !== name) throw new Error(`</${name}> closes <${top?.name ?? 'nothing'}>`);
      frames.pop();
      if (name === 'text') texts.push(textShape(top, frames, runs));
      continue;
    }
    if (!['svg', 'title', 'desc', 'style', 'g', 'rect', 'path', 'circle', 'text', 'tspan'].includes(name)) throw new Error(`<${name}> in a drawing`);
    const attributes = Object.fromEntries([...listed.matchAll(/([A-Za-z-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, decode(value)]));
    const [, dx = '0', dy = '0'] = /^translate\((\S+) (\S+)\)$/.exec(attributes['transform'] ?? '') ?? [];
    const frame: Frame = { name, attributes, x: (top?.x ?? 0) + Number(dx), y: (top?.y ?? 0) + Number(dy) };
    if (name === 'svg') size = { x: 0, y: 0, width: Number(attributes['width']), height: Number(attributes['height']) };
    if (name === 'text') runs = [];
    const place = { kind: kindOf([...frames, frame]), groups: frames.filter((each) => each.name === 'g').map((each) => each.attributes), text: '' };
    if (name === 'rect') {
      const rect = { ...place, x: frame.x + Number(attributes['x'] ?? 0), y: frame.y + Number(attributes['y'] ?? 0), width: Number(attributes['width']), height: Number(attributes['height']) };
      rects.push(rect);
      if (top) top.rect = rect;
    }
    if (name === 'path') lines.push(...pieces(attributes['d'] ?? '', frame).map((each) => ({ ...place, ...each, dots: [] })));
    if (single !== '/') frames.push(frame);
  }
  if (read !== svg.length || frames.length > 0) throw new Error(`not well-formed: <${frames.at(-1)?.name ?? ''}> is open at the end`);
  return { size, rects, texts, lines };
}

function decode(text: string): string {
  return text.replaceAll(/&([^;]*);?/g, (whole, name: string) => {
    const character = ENTITIES[name];
    if (character === undefined) throw new Error(`the entity ${whole}`);
    return character;
  });
}

function kindOf(frames: readonly Frame[]): string {
  return frames.findLast((frame) => frame.attributes['class'] !== undefined && frame.attributes['class'] !== 'bus')?.attributes['class'] ?? '';
}

function textShape(frame: Frame, around: readonly Frame[], runs: readonly { text: string; bold: boolean }[]): Shape & { readonly box: Shape | undefined } {
  const size = Number(frame.attributes['font-size']);
  const bold = frame.attributes['class'] === 'strong';
  return {
    kind: kindOf(around), groups: around.filter((each) => each.name === 'g').map((each) => each.attributes), text: runs.map((run) => run.text).join(''),
    x: frame.x + Number(frame.attributes['x']), y: frame.y + Number(frame.attributes['y']) - size * 0.8,
    width: runs.reduce((sum, run) => sum + widthOf(run.text, { size, bold: bold || run.bold }), 0), height: size,
    box: around.findLast((each) => each.rect !== undefined)?.rect,
  };
}

/** `M10 20V30H40L50 60`, each straight piece as the area it runs along. */
function pieces(d: string, frame: Frame): readonly Area[] {
  const areas: Area[] = [];
  let [x, y] = [0, 0];
  for (const [, command = '', first = '', second = ''] of d.matchAll(/([MLHV])(-?[\d.]+)(?: (-?[\d.]+))?/g)) {
    const [toX, toY] = command === 'H' ? [Number(first), y] : command === 'V' ? [x, Number(first)] : [Number(first), Number(second)];
    if (command !== 'M') areas.push({ x: frame.x + Math.min(x, toX), y: frame.y + Math.min(y, toY), width: Math.abs(toX - x), height: Math.abs(toY - y) });
    [x, y] = [toX, toY];
  }
  return areas;
}

/** Whether two areas have more in common than an edge. */
export function overlaps(a: Area, b: Area, slack = 0.01): boolean {
  return a.x < b.x + b.width - slack && b.x < a.x + a.width - slack && a.y < b.y + b.height - slack && b.y < a.y + a.height - slack;
}

/** Whether a lies in b. */
export function within(a: Area, b: Area): boolean {
  return a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;
}
