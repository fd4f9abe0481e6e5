/** What is typed at the prompt of `labgen walk`, as a value. */
export type WalkWords =
  | { readonly to: 'next' | 'back' | 'quit' | 'predict' | 'steps' | 'help' }
  | { readonly to: 'check' | 'measure' }
  | { readonly to: 'shell'; readonly node: string | undefined }
  | ({ readonly to: 'explain' } & Pair)
  | ({ readonly to: 'trace' } & Pair)
  | { readonly to: 'step'; readonly number: number }
  | { readonly to: 'unknown'; readonly text: string };

interface Pair {
  readonly from: string;
  readonly end: string;
  readonly port: string | undefined;
}

const SINGLE = { '': 'next', n: 'next', next: 'next', b: 'back', back: 'back', q: 'quit', quit: 'quit', c: 'check', check: 'check', m: 'measure', measure: 'measure', p: 'predict', predict: 'predict', s: 'steps', steps: 'steps', '?': 'help', h: 'help', help: 'help' } as const;
const PAIRED = { e: 'explain', explain: 'explain', f: 'trace', follow: 'trace', trace: 'trace' } as const;

export function readWalkWords(line: string): WalkWords {
  const [verb = '', ...rest] = line.trim().split(/\s+/);
  const one = verb.toLowerCase();
  if (rest.length === 0 && Object.hasOwn(SINGLE, one)) return { to: SINGLE[one as keyof typeof SINGLE] };
  if ((one === 't' || one === 'try') && rest.length <= 1) return { to: 'shell', node: rest[0] };
  const [from, end, port] = rest;
  const about = Object.hasOwn(PAIRED, one) ? PAIRED[one as keyof typeof PAIRED] : undefined;
  if (about !== undefined && from !== undefined && end !== undefined && rest.length <= 3) return { to: about, from, end, port };
  if (rest.length === 0 && /^\d{1,2}$/.test(one)) return { to: 'step', number: Number(one) };
  return { to: 'unknown', text: line.trim() };
}

export const WALK_HELP = `  [Enter]        go on
  1, 2, …        run that step on its node
  t [NODE]       try it yourself: a shell on a node
  c              run the checks again
  p              the prediction: who reaches whom
  m              measure it: who reaches whom now, held against the prediction
  e FROM TO [80] why a packet arrives or not, hop by hop
  f FROM TO [80] follow one: where a packet really goes, held against that
  s              the steps again
  b              back to the stage before
  q              leave; the lab stays as it is, and "labgen walk" goes on here
`;
