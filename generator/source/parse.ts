/** Text in, value out: a lab file as a tree, with the place of every path. No file system here. */
import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node, type Pair } from 'yaml';
import { isTree, type Tree } from '../model/merge.js';
import { dotted, type Path, type Problem } from '../model/problem.js';

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface ParsedFile {
  readonly file: string;
  readonly text: string;
  readonly value: Tree;
  readonly problems: readonly Problem[];
  /** Place of the value at a path; of its key where `key`; of the nearest parent where the path does not exist. */
  place(path: Path, key?: boolean): Place;
  /** True where the file itself has this path. */
  has(path: Path): boolean;
}

/** Bytes of lab source; a lab of 10,000 nodes written out is about 1 MB. */
const MAX_SIZE = 16 * 1024 * 1024;
const MAX_DEPTH = 40;

/** What a shipped lab says, by its very text: parsed when labgen was built, as reading YAML is the longest part of a small render. */
export type KnownLabs = (text: string) => Tree | undefined;

export function parseLab(file: string, text: string, known?: KnownLabs): ParsedFile {
  const value = known?.(text);
  if (!value) return parseText(file, text);
  let parsed: ParsedFile | undefined;
  // Places are asked for where something is wrong, by a stage or by --set; then there is time.
  const whole = (): ParsedFile => (parsed ??= parseText(file, text));
  return { file, text, value, problems: [], place: (path, key) => whole().place(path, key), has: (path) => whole().has(path) };
}

function parseText(file: string, text: string): ParsedFile {
  const lines = new LineCounter();
  const problems: Problem[] = [];
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const report = (code: string, place: Place, message: string, hint: string, path: Path = []): void => {
    problems.push({ code, severity: 'error', file, ...place, path: dotted(path), message, hint });
  };
  if (text.length > MAX_SIZE || nestsTooDeep(text)) {
    report('LG003', { line: 1, column: 1 }, 'the file is larger than 16 MB or nests deeper than 40 levels', 'Split the lab; a lab this shape cannot be read safely.');
    return { file, text, value: {}, problems, place: () => ({ line: 1, column: 1 }), has: () => false };
  }
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', merge: false, uniqueKeys: false, prettyErrors: false, logLevel: 'error', customTags: [] });
  syntaxProblems(document, text, at, report);
  let value: Tree = {};
  if (problems.length === 0) {
    try {
      const js: unknown = document.toJS({ maxAliasCount: 100 });
      if (isTree(js)) value = js;
      else if (js === null || js === undefined) report('LG001', { line: 1, column: 1 }, 'the file is empty', 'A lab begins with "lab: my-lab" and "nodes:".');
      else report('LG001', { line: 1, column: 1 }, 'a lab is a map of keys', 'Begin with "lab: my-lab" and "nodes:".');
    } catch {
      report('LG003', { line: 1, column: 1 }, 'too many aliases (&name, *name): the file would grow without bound', 'Write the values out, or use fewer anchors.');
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
    place(path, key = false) {
      const { node, pair, depth } = find(path);
      const keyNode = pair?.key as Node | undefined;
      const missing = depth < path.length;
      const target = (key || missing || !node?.range || (isScalar(node) && node.value === null)) && keyNode?.range ? keyNode : node;
      return target?.range ? at(target.range[0]) : { line: 1, column: 1 };
    },
    has: (path) => find(path).depth === path.length,
  };
}

function child(node: Node | undefined, step: string | number): { node: Node | undefined; pair?: Pair } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item) => isPair(item) && String(isScalar(item.key) ? item.key.value : item.key) === String(step));
    return pair ? { node: pair.value as Node | undefined, pair } : undefined;
  }
  if (isSeq(node)) {
    const item = node.items[Number(step)] as Node | undefined;
    return item === undefined ? undefined : { node: item };
  }
  return undefined;
}

type Report = (code: string, place: Place, message: string, hint: string, path?: Path) => void;

/** A syntax error ends with its first message: what follows it is usually its own consequence. Duplicate keys are all told. */
function syntaxProblems(document: Document, text: string, at: (offset: number) => Place, report: Report): void {
  for (const offset of duplicateKeys(document)) {
    const key = /^[^\s:]+/.exec(text.slice(offset, offset + 1000))?.[0] ?? '';
    report('LG002', at(offset), `the key "${key}" stands twice in the same map`, 'Keep one of the two, or give the second another name.');
  }
  const first = document.errors[0];
  if (first && /call stack/i.test(first.message)) report('LG003', at(first.pos[0]), 'the file nests too deep', 'A lab this shape cannot be read safely.');
  else if (first) {
    const tab = first.code === 'TAB_AS_INDENT' || /^[ ]*\t/m.test(text.slice(text.lastIndexOf('\n', first.pos[0] - 1) + 1).split('\n')[0] ?? '');
    report(
      'LG001',
      at(first.pos[0]),
      tab ? 'a tab stands where YAML wants spaces' : first.message.split('\n')[0] ?? 'not readable as YAML',
      tab ? 'Indent with spaces.' : SYNTAX_HINTS[first.code] ?? 'Look at this line and the one above it: indentation, quotes, the space after a colon.',
    );
  }
  for (const warning of document.warnings) {
    if (warning.code !== 'TAG_RESOLVE_FAILED') continue;
    report('LG001', at(warning.pos[0]), 'a tag (!…) has no meaning in a lab', 'Take the tag away; labs are plain YAML.');
  }
}

/** Where the later of two equal keys begins. yaml's own search compares each key of a map with each: too slow for 10,000 nodes. */
function duplicateKeys(document: Document): readonly number[] {
  const offsets: number[] = [];
  visit(document, {
    Map(_key, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value) && key.range) offsets.push(key.range[0]);
        seen.add(key.value);
      }
    },
  });
  return offsets;
}

const SYNTAX_HINTS: Readonly<Record<string, string>> = {
  BAD_INDENT: 'Lines of one map begin in the same column; what belongs to a key is indented further.',
  MISSING_CHAR: 'A bracket, brace or quote is opened and not closed, or a comma is missing.',
  MULTILINE_IMPLICIT_KEY: 'A key has to stand on one line: is a colon missing, or the indentation wrong?',
  IMPOSSIBLE: 'Is the indentation right?',
};

const isBlank = (sign: string | undefined): boolean => sign === ' ' || sign === '\t';
/** What opens a level in the middle of a line: an item, or a key written out as "? key". */
const isDash = (sign: string | undefined): boolean => sign === '-' || sign === '?';

/** Counts open brackets, steps of indentation and dashes without parsing, so that a bomb costs nothing. */
function nestsTooDeep(text: string): boolean {
  const indents: number[] = [];
  let depth = 0;
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start) < 0 ? text.length : text.indexOf('\n', start);
    let index = start;
    let dashes = 0;
    for (; index < end && (isBlank(text[index]) || (isDash(text[index]) && isBlank(text[index + 1]))); index++) if (isDash(text[index])) dashes++;
    if (index < end) {
      while ((indents.at(-1) ?? -1) >= index - start) indents.pop();
      indents.push(index - start);
    }
    if (indents.length > MAX_DEPTH || dashes > MAX_DEPTH) return true;
    depth = 0;
    for (; index < end; index++) {
      const code = text.charCodeAt(index);
      if (code === 91 || code === 123) {
        if (++depth > MAX_DEPTH) return true;
      } else if ((code === 93 || code === 125) && depth > 0) depth--;
    }
    start = end + 1;
  }
  return false;
}
