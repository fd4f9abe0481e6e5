/** Text in, value out: a lab file as a tree, with the place of every path. No file system here. */
import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node, type Pair, type YAMLMap } from 'yaml';
import { isTree, type Tree } from '../model/merge.js';
import { dotted, type Path, type Problem } from '../model/problem.js';
import { endless, firstAlias, syntaxProblems, unknownAlias } from './syntax.js';

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A place in one of the files a lab is written in. */
export interface Located extends Place {
  readonly file: string;
  /** The path in that very file. */
  readonly path: Path;
}

export interface ParsedFile {
  readonly file: string;
  readonly text: string;
  readonly value: Tree;
  readonly problems: readonly Problem[];
  /** Place of the value at a path; of its key where `key`; of the nearest parent where the path does not exist. */
  locate(path: Path, key?: boolean): Located;
  /** True where the file itself has this path. */
  has(path: Path): boolean;
}

/** What a file has to be, in the words of its errors. */
export interface Content {
  readonly whole: string;
  readonly begin: string;
}

const LAB: Content = { whole: 'a lab is a map of keys', begin: 'with "lab: my-lab" and "nodes:"' };
/** A file that a lab includes. */
export const FRAGMENT: Content = { whole: 'a part of a lab is a map of keys', begin: 'with a key of a lab, such as "nodes:"' };
/** What --vars names. */
export const VARIABLES: Content = { whole: 'a file of variables is a map of keys', begin: 'with the name of a variable and its value, such as "mtu: 1400"' };

/** Bytes of lab source; a lab of 10,000 nodes written out is about 500 kB. */
const MAX_SIZE = 1024 * 1024;
export const MAX_DEPTH = 40;

/** What a shipped lab says, by its very text: parsed when labgen was built, as reading YAML is the longest part of a small render. */
export type KnownLabs = (text: string) => Tree | undefined;

export function parseLab(file: string, text: string, known?: KnownLabs): ParsedFile {
  const value = known?.(text);
  if (!value) return parseText(file, text, LAB);
  let parsed: ParsedFile | undefined;
  // Places are asked for where something is wrong, by a stage or by --set; then there is time.
  const whole = (): ParsedFile => (parsed ??= parseText(file, text, LAB));
  return { file, text, value, problems: [], locate: (path, key) => whole().locate(path, key), has: (path) => whole().has(path) };
}

export function parseText(file: string, text: string, content: Content): ParsedFile {
  const lines = new LineCounter();
  const problems: Problem[] = [];
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const report = (code: string, place: Place, message: string, hint: string, path: Path = []): void => {
    problems.push({ code, severity: 'error', file, ...place, path: dotted(path), message, hint });
  };
  const unread = (place: Place, message: string, hint: string): ParsedFile => {
    report('LG003', place, message, hint);
    return { file, text, value: {}, problems, locate: (path) => ({ file, ...place, path }), has: () => false };
  };
  if (text.length > MAX_SIZE) return unread({ line: 1, column: 1 }, 'the file is larger than 1 MB', 'Split the lab, or let "count" make its nodes.');
  const deep = tooDeepAt(text);
  if (deep) return unread(deep, `the file nests deeper than ${MAX_DEPTH} levels from here on`, 'Is a bracket not closed? No part of a lab needs so many.');
  let value: Tree = {};
  let document: Document;
  try {
    document = parseDocument(text, { lineCounter: lines, version: '1.2', merge: false, uniqueKeys: false, prettyErrors: false, logLevel: 'error', customTags: [] });
    for (const { code, offset, message, hint } of syntaxProblems(document, text)) report(code, at(offset), message, hint);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // Colons behind colons: no bracket and no indentation says how deep.
    const line = text.split('\n').findIndex((each) => each.split(': ').length > MAX_DEPTH) + 1;
    return unread({ line: Math.max(1, line), column: 1 }, `the file nests deeper than ${MAX_DEPTH} levels from here on`, 'No part of a lab needs so many: is a line break missing after a colon?');
  }
  const without = problems.length === 0 ? endless(document) : undefined;
  if (without) report('LG003', at(without.offset), without.message, without.hint);
  if (problems.length === 0) {
    try {
      const js: unknown = document.toJS({ maxAliasCount: 100 });
      if (isTree(js)) value = js;
      else if (js === null || js === undefined) report('LG001', { line: 1, column: 1 }, 'the file is empty', content === LAB ? 'A lab begins with "lab: my-lab" and "nodes:".' : `Begin ${content.begin}.`);
      else report('LG001', { line: 1, column: 1 }, content.whole, `Begin ${content.begin}.`);
    } catch {
      const lost = unknownAlias(document);
      if (lost) report('LG001', at(lost.offset), lost.message, lost.hint);
      else report('LG003', at(firstAlias(document)), 'too many aliases (&name, *name): the file would grow without bound', 'Write the values out, or use fewer anchors.');
    }
  }
  const find = (path: Path): { node: Node | undefined; pair: Pair | undefined; depth: number } => {
    let node = document.contents as Node | undefined;
    let pair: Pair | undefined;
    let depth = 0;
    for (const step of path) {
      const inner = child(node, step);
      if (inner === undefined) break;
      node = inner.node;
      pair = inner.pair ?? pair;
      if (inner.pair === undefined && typeof step === 'number') pair = undefined;
      depth++;
    }
    return { node, pair, depth };
  };
  return {
    file,
    text,
    value,
    problems,
    locate(path, key = false) {
      const { node, pair, depth } = find(path);
      const keyNode = pair?.key as Node | undefined;
      const missing = depth < path.length;
      const target = (key || missing || !node?.range || (isScalar(node) && node.value === null)) && keyNode?.range ? keyNode : node;
      return { file, ...(target?.range ? at(target.range[0]) : { line: 1, column: 1 }), path };
    },
    has: (path) => find(path).depth === path.length,
  };
}

/** Pairs by their key, made once: in a map of thousands a search for each would take its square. */
const PAIRS = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

function pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
  const found = PAIRS.get(map);
  if (found) return found;
  const pairs = new Map<string, Pair>();
  for (const item of map.items) {
    const key = isPair(item) ? String(isScalar(item.key) ? item.key.value : item.key) : undefined;
    if (key !== undefined && !pairs.has(key)) pairs.set(key, item);
  }
  PAIRS.set(map, pairs);
  return pairs;
}

function child(node: Node | undefined, step: string | number): { node: Node | undefined; pair?: Pair } | undefined {
  if (isMap(node)) {
    const pair = pairsOf(node).get(String(step));
    return pair ? { node: pair.value as Node | undefined, pair } : undefined;
  }
  if (isSeq(node)) {
    const item = node.items[Number(step)] as Node | undefined;
    return item === undefined ? undefined : { node: item };
  }
  return undefined;
}

const isBlank = (sign: string | undefined): boolean => sign === ' ' || sign === '\t';
/** What opens a level in the middle of a line: an item, or a key written out as "? key". */
const isDash = (sign: string | undefined): boolean => sign === '-' || sign === '?';

/** Quotes, brackets, commas and #: what is behind them is not nested in the plain words before. */
const ENDS_PLAIN: ReadonlySet<number> = new Set([...'"\'[]{},#'].map((sign) => sign.charCodeAt(0)));

/** Counts open brackets, steps of indentation, dashes, and colons behind colons without parsing, so that a bomb costs nothing; says where they are too many. */
export function tooDeepAt(text: string): Place | undefined {
  const indents: number[] = [];
  let depth = 0;
  let line = 1;
  for (let start = 0; start < text.length; line++) {
    const end = text.indexOf('\n', start) < 0 ? text.length : text.indexOf('\n', start);
    let index = start;
    let dashes = 0;
    for (; index < end && (isBlank(text[index]) || (isDash(text[index]) && isBlank(text[index + 1]))); index++) if (isDash(text[index]) && ++dashes > MAX_DEPTH) return { line, column: index - start + 1 };
    if (index < end) {
      while ((indents.at(-1) ?? -1) >= index - start) indents.pop();
      indents.push(index - start);
    }
    if (indents.length > MAX_DEPTH) return { line, column: index - start + 1 };
    depth = 0;
    let colons = 0;
    for (; index < end; index++) {
      const code = text.charCodeAt(index);
      if (ENDS_PLAIN.has(code)) colons = 0;
      else if (code === 58 && (index + 1 === end || isBlank(text[index + 1])) && ++colons > MAX_DEPTH) return { line, column: index - start + 1 };
      if (code === 91 || code === 123) {
        if (++depth > MAX_DEPTH) return { line, column: index - start + 1 };
      } else if ((code === 93 || code === 125) && depth > 0) depth--;
    }
    start = end + 1;
  }
  return undefined;
}
