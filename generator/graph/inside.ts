/** The inside of a node, laid out by the engine where wires may cross: containers above, bridges below them, what leads out at the bottom. */
import { lineWidth, type Box, type Line } from './box.js';
import { exitBox, guestBox, hostedBox, switchBox } from './boxes.js';
import { layOut, type ElkEdge, type ElkGraph, type ElkLabel, type ElkPoint, type ElkShape } from './elk.js';
import { stacked } from './stacked.js';
import { widthOf } from './text.js';
import type { Hub, NodeBox } from './topology.js';

export interface Placed {
  readonly x: number;
  readonly y: number;
}

export interface Wire {
  /** `data-link`; the interface alone where the wire leads out of the node, to a hub of this kind. */
  readonly link: string;
  readonly hub?: Hub['kind'];
  readonly points: readonly ElkPoint[];
  /** The bridge's port it ends in, where it has a name. */
  readonly port?: string;
  readonly label?: Placed & { readonly text: string; readonly width: number };
}

/** Sizes and places from the node's upper left corner. */
export interface Inside {
  readonly name: string;
  readonly title: Line;
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly (Box & Placed)[];
  readonly wires: readonly Wire[];
  /** Where lines leave the node by its lower edge, from left to right, and where they begin inside. */
  readonly drops: readonly { readonly hub: string; readonly ends: readonly string[]; readonly x: number; readonly from: number }[];
}

/** Layouts by what was asked: nodes that a `count` makes are alike, and so are most stages of a lab. */
const known = new Map<string, ElkGraph>();
const MOST_KNOWN = 500;

/** Containers side by side. */
const ABREAST = 5;
const PAD = { x: 14, top: 36, bottom: 14 };
export const TITLE = 14;
export const LABEL = 10;
const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.partitioning.activate': 'true',
  'elk.separateConnectedComponents': 'false',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.spacing.nodeNode': '14',
  'elk.spacing.edgeNode': '12',
  'elk.spacing.edgeEdge': '10',
  'elk.spacing.edgeLabel': '3',
  'elk.layered.spacing.nodeNodeBetweenLayers': '26',
  'elk.layered.spacing.edgeNodeBetweenLayers': '12',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
};

export function insideOf(node: NodeBox, hubs: readonly Hub[]): Inside {
  const title: Line = { runs: [{ text: node.name, look: 'strong' }, ...(node.note === '' ? [] : [{ text: node.note, look: 'muted' } as const])], size: TITLE };
  const { boxes, rank, homes } = shapes(node, hubs);
  const index = new Map(boxes.map((box, at) => [box.id, String(at)]));
  const cables = [
    ...node.cables.map((cable) => ({ ...cable, between: cable.ends.map((end) => homes.get(end)) })),
    ...boxes.filter((box) => box.kind === 'stub').map((box) => ({ ends: [box.id.slice('stub '.length), ''] as const, vlan: undefined, between: [homes.get(box.id.slice('stub '.length)), box.id] })),
  ].filter((cable) => cable.between.every((each) => each !== undefined));
  const ports = new Map(node.switches.flatMap((each) => each.ports.map((port) => [port.id, each.id] as const)));
  const graph: ElkGraph = {
    id: 'node', layoutOptions: OPTIONS,
    children: boxes.map((box, at): ElkShape => ({ id: String(at), width: box.width, height: box.height, layoutOptions: { 'elk.partitioning.partition': String(rank.get(box.id) ?? 0) } })),
    edges: cables.map(({ between, vlan, ends }, at): ElkEdge => ({
      id: `e${at}`, sources: [index.get(between[0] ?? '') ?? ''], targets: [index.get(between[1] ?? '') ?? ''],
      ...(vlan !== undefined && { labels: [vlanLabel(vlan, ports.has(ends[1]) ? 'HEAD' : 'TAIL')] }),
    })),
  };
  const key = JSON.stringify(graph);
  const done = boxes.length === 0 ? graph : known.get(key) ?? stacked(graph, ({ id }) => partitionOf(graph, id)) ?? centred(layOut(graph));
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, done);
  const width = Math.ceil(Math.max(lineWidth(title), done.width ?? 0) + 2 * PAD.x);
  const left = Math.round((width - (done.width ?? 0)) / 2);
  const placed = boxes.map((box, at) => ({ ...box, width: done.children[at]?.width ?? box.width, x: round(left + (done.children[at]?.x ?? 0)), y: round(PAD.top + (done.children[at]?.y ?? 0)) }));
  const move = ({ x, y }: ElkPoint): ElkPoint => ({ x: round(x + left), y: round(y + PAD.top) });
  const wires = done.edges.map((edge, at): Wire => {
    const { ends = ['', ''], vlan } = cables[at] ?? {};
    const points = (edge.sections ?? []).flatMap((section) => [section.startPoint, ...(section.bendPoints ?? []), section.endPoint]).map(move);
    const [label] = edge.labels ?? [];
    return {
      link: ends.filter((end) => end !== '').join(' '), points,
      ...(ends[1] === '' && { hub: hubs.find((hub) => hub.ends.includes(ends[0]))?.kind }),
      ...(ports.has(ends[1]) && { port: ends[1] }),
      ...(label !== undefined && vlan !== undefined && { label: { ...move({ x: label.x ?? 0, y: label.y ?? 0 }), text: label.text, width: label.width } }),
    };
  });
  const height = Math.ceil(PAD.top + (done.height ?? 0) + (boxes.length === 0 ? 0 : PAD.bottom));
  return { name: node.name, title, width, height, boxes: placed.filter((box) => box.kind !== 'stub'), wires, drops: dropsOf(placed, hubs, node) };
}

/** The engine aligns to the left what nothing joins to what is above it; each such row is put into the middle. */
function centred(graph: ElkGraph): ElkGraph {
  const partition = (id: string): number => partitionOf(graph, id);
  const last = Math.max(...graph.children.map((each) => partition(each.id)));
  const cut = [...Array(last + 1).keys()].filter((row) => !graph.edges.some(({ sources, targets }) => partition(sources[0] ?? '') < row && partition(targets[0] ?? '') >= row));
  const part = (row: number): number => cut.filter((each) => each <= row).length;
  const shifts = new Map<number, number>();
  for (const at of new Set(graph.children.map((each) => part(partition(each.id))))) {
    const own = graph.children.filter((each) => part(partition(each.id)) === at);
    const [from, to] = [Math.min(...own.map((each) => each.x ?? 0)), Math.max(...own.map((each) => (each.x ?? 0) + each.width))];
    shifts.set(at, Math.round(((graph.width ?? 0) - (to - from)) / 2 - from));
  }
  const shift = (id: string): number => shifts.get(part(partition(id))) ?? 0;
  return {
    ...graph,
    children: graph.children.map((each) => ({ ...each, x: (each.x ?? 0) + shift(each.id) })),
    edges: graph.edges.map((edge) => {
      const by = shift(edge.sources[0] ?? '');
      const move = (point: ElkPoint): ElkPoint => ({ x: point.x + by, y: point.y });
      return {
        ...edge,
        ...(edge.labels && { labels: edge.labels.map((label) => ({ ...label, x: (label.x ?? 0) + by })) }),
        ...(edge.sections && { sections: edge.sections.map((section) => ({ startPoint: move(section.startPoint), endPoint: move(section.endPoint), bendPoints: (section.bendPoints ?? []).map(move) })) }),
      };
    }),
  };
}

function partitionOf(graph: ElkGraph, id: string): number {
  return Number(graph.children.find((each) => each.id === id)?.layoutOptions?.['elk.partitioning.partition']);
}

function vlanLabel(vlan: number, placement: 'HEAD' | 'TAIL'): ElkLabel {
  const text = `VLAN ${vlan}`;
  return { text, width: Math.ceil(widthOf(text, { size: LABEL })), height: LABEL * 1.3, layoutOptions: { 'elk.edgeLabels.placement': placement } };
}

interface Shapes {
  readonly boxes: readonly Box[];
  /** Rows, from above. */
  readonly rank: ReadonlyMap<string, number>;
  /** Which box an interface is drawn in. */
  readonly homes: ReadonlyMap<string, string>;
}

function shapes(node: NodeBox, hubs: readonly Hub[]): Shapes {
  const rank = new Map<string, number>();
  const homes = new Map<string, string>();
  const guests = [...node.guests.map((guest) => ({ box: guestBox(guest), faces: guest.faces })), ...node.hosted.map((name) => ({ box: hostedBox(node.name, name), faces: [] }))];
  const rows = Math.max(1, Math.ceil(guests.length / ABREAST));
  for (const [at, { box, faces }] of guests.entries()) {
    rank.set(box.id, Math.floor((at * rows) / guests.length));
    for (const face of faces) homes.set(face.id, box.id);
  }
  const widths = new Map(guests.map(({ box }) => [box.id, box.width]));
  const cablesOf = new Map<string, number>();
  for (const { ends: [end] } of node.cables) cablesOf.set(homes.get(end) ?? '', (cablesOf.get(homes.get(end) ?? '') ?? 0) + 1);
  const switches = node.switches.map((each) => {
    homes.set(each.id, each.id);
    for (const port of each.ports) homes.set(port.id, each.id);
    rank.set(each.id, rows);
    const plugged = new Set(node.cables.filter(({ ends }) => homes.get(ends[1]) === each.id).map(({ ends }) => homes.get(ends[0]) ?? ''));
    const sum = [...plugged].reduce((all, id) => all + ((widths.get(id) ?? 0) + 14) / Math.max(1, cablesOf.get(id) ?? 1), 0);
    return switchBox(each, (sum / rows) * 0.8);
  });
  const exits = node.exits.map((each) => {
    const box = exitBox(each);
    for (const face of each.faces) homes.set(face.id, box.id);
    rank.set(box.id, rows + 1);
    return box;
  });
  const onHub = new Set(hubs.flatMap((hub) => hub.ends));
  const stubs = node.guests.flatMap((guest) => guest.faces.filter((face) => onHub.has(face.id)).map((face): Box => ({ id: `stub ${face.id}`, kind: 'stub', width: 2, height: 2, lines: [], data: {} })));
  for (const stub of stubs) rank.set(stub.id, rows + 2);
  return { boxes: [...guests.map(({ box }) => box), ...switches, ...exits, ...stubs], rank, homes };
}

function dropsOf(placed: readonly (Box & Placed)[], hubs: readonly Hub[], node: NodeBox): Inside['drops'] {
  return placed.flatMap((box) => {
    const ends = box.kind === 'stub' ? [box.id.slice('stub '.length)] : box.kind === 'exit' ? (node.exits.find((each) => each.id === box.id)?.faces.map((face) => face.id) ?? []) : [];
    const hub = hubs.find((each) => ends.some((end) => each.ends.includes(end)));
    return hub === undefined ? [] : [{ hub: hub.id, ends, x: round(box.x + box.width / 2), from: round(box.y + (box.kind === 'stub' ? 0 : box.height)) }];
  }).sort((a, b) => a.x - b.x);
}

/** Half pixels are enough, and read better than ELK's fractions. */
function round(value: number): number {
  return Math.round(value * 2) / 2;
}
