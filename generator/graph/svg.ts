/** A topology as SVG: text stays text, nothing runs, nothing is fetched. What carries `data-` names can be found by them. */
import { baseline, boxOf, lineWidth, PADDING, SIZE, type Box, type Line } from './box.js';
import { insideOf, LABEL, type Inside, type Placed, type Wire } from './inside.js';
import { street, type Measures, type Street, type Track } from './street.js';
import { STYLE } from './style.js';
import { widthOf } from './text.js';
import type { Hub, Topology } from './topology.js';

/** Wider than a page is only what would be too tall. */
const ACROSS = [1120, 1500, 1900, 2400];
const TALL = 1.6;
const MEASURES: Omit<Measures, 'across'> = { gap: 28, between: 16, below: 34, trunk: 18, clear: 10 };
const MARGIN = 18;
/** A label that is wider is broken into two lines. */
const WIDE = 300;
const FOOT = 10.5;

export function svgOf(topology: Topology): string {
  const insides = topology.nodes.map((node) => insideOf(node, topology.hubs));
  const labels = new Map(topology.hubs.map((hub) => [hub.id, labelBox(hub)]));
  const sizes = topology.hubs.map((hub) => ({ id: hub.id, width: labels.get(hub.id)?.width ?? 0, height: labels.get(hub.id)?.height ?? 0 }));
  const laid = readable((across) => street(insides, sizes, { ...MEASURES, across }));
  const foot = footOf(topology);
  const width = Math.ceil(Math.max(laid.width, widthOf(foot, { size: FOOT })) + 2 * MARGIN);
  const height = Math.ceil(laid.height + 2 * MARGIN + 26);
  const name = `${topology.lab}${topology.stage === undefined ? '' : `, stage ${topology.stage}`}: ${topology.title}`;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" class="topology" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(name)}">`,
    `<title>${escape(name)}</title>`,
    '<desc>Drawn by labgen.</desc>',
    `<style>\n${STYLE}\n</style>`,
    `<rect class="paper" width="${width}" height="${height}" rx="8"/>`,
    `<g transform="translate(${MARGIN} ${MARGIN})">`,
    ...insides.map((inside, at) => nodeGroup(inside, laid.boxes[at] ?? { x: 0, y: 0 })),
    ...topology.hubs.map((hub) => hubGroup(hub, labels.get(hub.id), laid, insides)),
    '</g>',
    `<text class="muted" x="${MARGIN}" y="${height - 12}" font-size="${FOOT}">${escape(foot)}</text>`,
    '</svg>',
  ].join('\n')}\n`;
}

function readable(lay: (across: number) => Street): Street {
  const [first = 0, ...wider] = ACROSS;
  let laid = lay(first);
  for (const across of wider) {
    if (laid.height <= TALL * laid.width) break;
    laid = lay(across);
  }
  return laid;
}

function footOf({ lab, stage, nodes }: Topology): string {
  const faces = nodes.flatMap((node) => [...node.guests.flatMap((guest) => guest.faces), ...node.switches, ...node.exits.flatMap((each) => each.faces)]);
  const presumed = faces.some((face) => face.addresses.some((each) => each.presumed));
  return `${lab}${stage === undefined ? '' : `, stage ${stage}`}${presumed ? '. In italics: addresses that are chosen when the lab runs' : ''}`;
}

function labelBox(hub: Hub): Box {
  const title = { text: hub.title, look: 'strong' } as const;
  const one: Line = { runs: [title, ...hub.details.map((text) => ({ text: ` ${text}` }))], size: SIZE };
  const lines: readonly Line[] = lineWidth(one) <= WIDE ? [one] : [{ runs: [title, ...hub.details.slice(0, 1).map((text) => ({ text: ` ${text}` }))], size: SIZE }, ...hub.details.slice(1).map((text): Line => ({ runs: [{ text }], size: SIZE }))];
  return boxOf(hub.id, 'exit', lines, {});
}

function nodeGroup({ name, title, width, height, boxes, wires }: Inside, { x, y }: Placed): string {
  return [
    `<g data-node="${escape(name)}" data-space="${escape(name)}" transform="translate(${x} ${y})">`,
    `<rect class="node" width="${width}" height="${height}" rx="8"/>`,
    textOf(title, 14, 23),
    ...wires.map(wireGroup),
    ...boxes.map(boxGroup),
    ...wires.flatMap(portGroups),
    '</g>',
  ].join('\n');
}

function wireGroup({ link, hub, points, label }: Wire): string {
  const text = label === undefined ? '' : `<text class="muted" x="${label.x}" y="${label.y + LABEL}" font-size="${LABEL}">${escape(label.text)}</text>`;
  // What leaves the node goes on as a drop of what it leads to.
  return hub === undefined ? `<g data-link="${escape(link)}">${pathOf(points)}${text}</g>` : `<g data-end="${escape(link)}" class="${hub}">${pathOf(points)}</g>`;
}

function portGroups({ port, points }: Wire): readonly string[] {
  const end = points.at(-1);
  return port === undefined || end === undefined ? [] : [`<g data-interface="${escape(port)}"><circle cx="${end.x}" cy="${end.y}" r="3"/></g>`];
}

function boxGroup(box: Box & Placed): string {
  const data = Object.entries(box.data).map(([key, value]) => ` data-${key}="${escape(value)}"`).join('');
  const face = box.kind === 'switch' || (box.kind === 'exit' && new Set(box.lines.map((line) => line.face)).size === 1) ? box.lines[0]?.face : undefined;
  const rect = `<rect class="${box.kind}" x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="${box.kind === 'guest' || box.kind === 'hosted' ? 10 : 4}"/>`;
  const groups: string[] = [];
  for (const [index, line] of box.lines.entries()) {
    const text = textOf(line, box.x + PADDING.x, box.y + baseline(box.lines, index));
    const before = box.lines[index - 1];
    if (face !== undefined || (line.face === undefined && line.endpoint === undefined)) groups.push(text);
    else if (line.face !== undefined && before?.face === line.face) groups[groups.length - 1] = `${groups.at(-1)?.replace(/<\/g>$/, '') ?? ''}${text}</g>`;
    else groups.push(line.endpoint === undefined ? `<g data-interface="${escape(line.face ?? '')}">${text}</g>` : `<g${data} data-endpoint="${escape(line.endpoint)}">${text}</g>`);
  }
  return `<g${face === undefined ? data : ` data-interface="${escape(face)}"`}>${rect}${groups.join('')}</g>`;
}

function hubGroup(hub: Hub, label: Box | undefined, laid: Street, insides: readonly Inside[]): string {
  const tracks = laid.tracks.filter((track) => track.hub === hub.id);
  return [
    `<g data-link="${escape(hub.ends.join(' '))}" data-hub="${escape(hub.id)}" class="${hub.kind}">`,
    ...laid.trunks.filter((trunk) => trunk.hub === hub.id).map((trunk) => `<path class="bus" d="M${trunk.x} ${trunk.from}V${trunk.to}"/>`),
    ...tracks.map((track) => trackOf(track, laid, insides)),
    ...tracks.map((track) => (label === undefined ? '' : labelGroup(label, track))),
    '</g>',
  ].join('\n');
}

function trackOf({ y, from, to, drops }: Track, laid: Street, insides: readonly Inside[]): string {
  const bus = from < to ? `<path class="bus" d="M${from} ${y}H${to}"/>` : '';
  return bus + drops.map(({ box, drop, x }) => {
    const inside = insides[box]?.drops[drop];
    return `<g data-end="${escape(inside?.ends.join(' ') ?? '')}"><path d="M${x} ${(laid.boxes[box]?.y ?? 0) + (inside?.from ?? 0)}V${y}"/><circle cx="${x}" cy="${y}" r="3.5"/></g>`;
  }).join('');
}

function labelGroup(label: Box, track: Track): string {
  const y = track.y - Math.floor(label.height / 2);
  return `<rect x="${track.label}" y="${y}" width="${label.width}" height="${label.height}" rx="${Math.min(12, label.height / 2)}"/>${label.lines.map((line, index) => textOf(line, track.label + (label.width - lineWidth(line)) / 2, y + baseline(label.lines, index))).join('')}`;
}

function textOf({ runs, size }: Line, x: number, y: number): string {
  const [only] = runs;
  const look = (run: Line['runs'][number]): string => (run.look === undefined ? '' : ` class="${run.look}"`);
  const inner = runs.length === 1 && only ? escape(only.text) : runs.map((run, index) => `<tspan${look(run)}>${index > 0 ? ' ' : ''}${escape(run.text)}</tspan>`).join('');
  return `<text${runs.length === 1 && only ? look(only) : ''} x="${number(x)}" y="${number(y)}" font-size="${size}">${inner}</text>`;
}

function pathOf(points: Wire['points']): string {
  return `<path d="${points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('')}"/>`;
}

/** At most two digits: what is left of a sum of fractions is no part of the drawing. */
function number(value: number): number {
  return Math.round(value * 100) / 100;
}

/** For text and attributes; what XML cannot carry, or what would reorder a line, is made visible. */
function escape(text: string): string {
  return text
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
