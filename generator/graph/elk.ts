/**
 * The layout engine: ELK's layered algorithm (elkjs), asked and answered at once. Its own interface answers later, as from
 * a worker, though it computes in this very thread; planning is a pure function and cannot wait.
 */
import elk from 'elkjs/lib/elk-worker.min.js';

export interface ElkPoint {
  readonly x: number;
  readonly y: number;
}

export interface ElkShape {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly x?: number;
  readonly y?: number;
  readonly labels?: readonly ElkLabel[];
  readonly layoutOptions?: Readonly<Record<string, string>>;
}

export interface ElkLabel {
  readonly text: string;
  readonly width: number;
  readonly height: number;
  readonly x?: number;
  readonly y?: number;
  readonly layoutOptions?: Readonly<Record<string, string>>;
}

export interface ElkEdge {
  readonly id: string;
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly labels?: readonly ElkLabel[];
  readonly sections?: readonly { readonly startPoint: ElkPoint; readonly endPoint: ElkPoint; readonly bendPoints?: readonly ElkPoint[] }[];
}

export interface ElkGraph {
  readonly id: string;
  readonly layoutOptions: Readonly<Record<string, string>>;
  readonly children: readonly ElkShape[];
  readonly edges: readonly ElkEdge[];
  readonly width?: number;
  readonly height?: number;
}

let engine: InstanceType<typeof elk.Worker> | undefined;

/** The same graph with places. @throws Error with what the engine says. */
export function layOut(graph: ElkGraph): ElkGraph {
  let answer: { readonly error?: unknown; readonly data?: unknown } = {};
  const ask = (worker: InstanceType<typeof elk.Worker>, data: unknown): void => {
    worker.onmessage = (message) => void (answer = message.data);
    worker.dispatcher.saveDispatch({ data });
  };
  if (engine === undefined) ask((engine = new elk.Worker()), { cmd: 'register', id: 0, algorithms: ['layered'] });
  ask(engine, { cmd: 'layout', id: 1, graph, layoutOptions: {}, options: {} });
  if (answer.data === undefined || answer.error !== undefined) throw new Error(`the layout engine: ${JSON.stringify(answer.error)}`);
  return answer.data as ElkGraph;
}
