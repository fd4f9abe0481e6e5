/**
 * The layout of a node that needs no engine: each container has one cable at most, straight down to its bridge. Most nodes
 * are like this, and to load the engine takes longer than all else of a render.
 */
import type { ElkGraph, ElkShape } from './elk.js';

const GAP = { x: 14, y: 26 };
/** From a bridge's corner to the first cable. */
const INSET = 14;

/** Undefined where wires might cross, or want words beside them. `rowOf`: 0 containers, 1 bridges, 2 what leads out. */
export function stacked(graph: ElkGraph, rowOf: (shape: ElkShape) => number): ElkGraph | undefined {
  const row = new Map(graph.children.map((each) => [each.id, rowOf(each)]));
  const target = new Map(graph.edges.map((edge) => [edge.sources[0] ?? '', edge.targets[0] ?? '']));
  const isPlain = [...row.values()].every((each) => each <= 2) && target.size === graph.edges.length
    && graph.edges.every(({ sources, targets, labels }) => labels === undefined && row.get(sources[0] ?? '') === 0 && row.get(targets[0] ?? '') === 1);
  if (!isPlain) return undefined;
  const [above = [], bridges = [], out = []] = [0, 1, 2].map((at) => graph.children.filter((each) => row.get(each.id) === at));
  const columns = [
    ...new Set(above.map((each) => target.get(each.id) ?? each.id)),
    ...bridges.filter((bridge) => ![...target.values()].includes(bridge.id)).map((bridge) => bridge.id),
  ].map((key) => columnOf(above.filter((each) => (target.get(each.id) ?? each.id) === key), bridges.find((each) => each.id === key)));
  const heights = [above, bridges, out].map((shapes) => Math.max(0, ...shapes.map((each) => each.height)));
  const tops = heights.map((_height, at) => heights.slice(0, at).reduce((sum, height) => sum + (height > 0 ? height + GAP.y : 0), 0));
  const width = Math.max(spanOf(columns), spanOf(out));
  const placed = new Map<string, ElkShape>();
  let x = (width - spanOf(columns)) / 2;
  for (const column of columns) {
    let inner = x + (column.width - spanOf(column.guests)) / 2;
    for (const guest of column.guests) {
      // Their lower edges on one line, so that cables are alike.
      placed.set(guest.id, { ...guest, x: inner, y: (heights[0] ?? 0) - guest.height });
      inner += guest.width + GAP.x;
    }
    if (column.bridge) placed.set(column.bridge.id, { ...column.bridge, x: x + (column.width - column.bridge.width) / 2, y: tops[1] ?? 0 });
    x += column.width + GAP.x;
  }
  x = (width - spanOf(out)) / 2;
  for (const each of out) {
    placed.set(each.id, { ...each, x, y: (tops[2] ?? 0) + (heights[2] ?? 0) - each.height });
    x += each.width + GAP.x;
  }
  return {
    ...graph, width, height: Math.max(0, ...[...placed.values()].map((each) => (each.y ?? 0) + each.height)),
    children: graph.children.map((each) => placed.get(each.id) ?? each),
    edges: graph.edges.map((edge) => {
      const guest = placed.get(edge.sources[0] ?? '');
      const at = (guest?.x ?? 0) + (guest?.width ?? 0) / 2;
      return { ...edge, sections: [{ startPoint: { x: at, y: heights[0] ?? 0 }, endPoint: { x: at, y: tops[1] ?? 0 } }] };
    }),
  };
}

interface Column {
  readonly guests: readonly ElkShape[];
  readonly bridge?: ElkShape;
  readonly width: number;
}

/** Containers over their bridge, which is wide enough for the cables. */
function columnOf(guests: readonly ElkShape[], bridge: ElkShape | undefined): Column {
  const span = spanOf(guests);
  if (bridge === undefined) return { guests, width: span };
  const reach = Math.max(0, ...[guests[0], guests.at(-1)].map((each) => span / 2 - (each?.width ?? span) / 2));
  const wide = { ...bridge, width: Math.ceil(Math.max(bridge.width, 2 * (reach + INSET))) };
  return { guests, bridge: wide, width: Math.max(span, wide.width) };
}

function spanOf(all: readonly { readonly width: number }[]): number {
  return all.reduce((sum, each) => sum + each.width + GAP.x, all.length === 0 ? 0 : -GAP.x);
}
