/** What the YAML parser says, in a lab author's words, at the line that has to be changed. */
import { printable } from '../model/problem.js';
import { isAlias, isCollection, isScalar, visit, type Document, type YAMLError } from 'yaml';
import { firstDirective } from './directives.js';
import { columnOf, indented, lineAt, nextLine, shownLine } from './lines.js';

export interface SyntaxProblem {
  readonly code: 'LG001' | 'LG002' | 'LG003' | 'LG101';
  /** Where in the text, in characters. */
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
}

type Told = Omit<SyntaxProblem, 'code'>;

/** A syntax error ends with its first message: what follows it is usually its own consequence. Duplicate keys are all told. */
export function syntaxProblems(document: Document, text: string): readonly SyntaxProblem[] {
  // It may change what all that follows it means.
  const directive = firstDirective(text);
  if (directive) return [{ code: 'LG001', offset: directive.offset, message: `a lab has no directives such as ${directive.name}`, hint: 'Take this line away, and the "---" below it: a lab is one document, and always read as YAML 1.2.' }];
  const [first] = document.errors;
  const keys = keyProblems(document);
  // What is odd about a key may be what a syntax error made of it.
  const problems = keys.filter((each) => each.code === 'LG002' || first === undefined);
  if (first && /call stack/i.test(first.message)) problems.push({ code: 'LG003', offset: first.pos[0], message: 'the file nests too deep', hint: 'A lab this shape cannot be read safely.' });
  else if (first) problems.push({ code: 'LG001', ...(tab(first, text) ?? TELL[first.code]?.(first, text, document) ?? otherwise(first)) });
  if (first === undefined) problems.push(...oddSigns(document));
  for (const warning of document.warnings) {
    if (warning.code === 'TAG_RESOLVE_FAILED') problems.push({ code: 'LG001', offset: warning.pos[0], message: 'a tag (!…) has no meaning in a lab', hint: 'Take the tag away; labs are plain YAML.' });
  }
  return problems;
}

/**
 * Signs that no lab needs: some files cannot hold them (NUL, halves of a sign, what Unicode says is none), and some turn
 * the direction of a text, so that a reader of a rendered script would see another one than the shell.
 */
const ODD_SIGN = /[\u0000\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]|[\ud83f\ud87f\ud8bf\ud8ff\ud93f\ud97f\ud9bf\ud9ff\uda3f\uda7f\udabf\udaff\udb3f\udb7f\udbbf\udbff][\udffe\udfff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** The first such sign of a text, as its number: `U+202E`. */
export function oddSign(text: string): string | undefined {
  const found = ODD_SIGN.exec(text)?.[0];
  return found === undefined ? undefined : `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Tags of YAML's that make what JSON has not. */
const KNOWN_TAGS = /^tag:yaml\.org,2002:(binary|omap|pairs|set|timestamp|merge)$/;

function oddSigns(document: Document): readonly SyntaxProblem[] {
  const found: SyntaxProblem[] = [];
  const look = (node: { readonly tag?: string | undefined; readonly value?: unknown; readonly range?: readonly number[] | null | undefined }): void => {
    const offset = node.range?.[0] ?? 0;
    if (node.tag !== undefined && KNOWN_TAGS.test(node.tag)) found.push({ code: 'LG001', offset, message: 'a tag (!…) has no meaning in a lab', hint: 'Take the tag away; labs are plain YAML.' });
    const sign = typeof node.value === 'string' ? oddSign(node.value) : undefined;
    if (sign !== undefined) found.push({ code: 'LG101', offset, message: `the text has the sign ${sign}, which no rendered file should carry`, hint: 'Take it away: it cannot be seen, or is half of a sign. Text copied from elsewhere may bring it along.' });
  };
  visit(document, {
    Collection: (_key, node) => look(node),
    Scalar: (_key, node) => look(node),
  });
  return found;
}

/** An alias without an anchor before it; undefined where each has one. */
export function unknownAlias(document: Document): Told | undefined {
  const anchors = new Set<string>();
  let found: Told | undefined;
  visit(document, {
    Node(_key, node) {
      if (isAlias(node)) {
        if (anchors.has(node.source)) return undefined;
        found = { offset: node.range?.[0] ?? 0, message: `there is no anchor "&${node.source}" before "*${node.source}"`, hint: anchors.size > 0 ? `Known here are: ${[...anchors].map((each) => `*${each}`).join(', ')}. A text that begins with * is put in quotes.` : 'A text that begins with * is put in quotes.' };
        return visit.BREAK;
      }
      if (node.anchor !== undefined) anchors.add(node.anchor);
      return undefined;
    },
  });
  return found;
}

/** No lab needs more; each is looked up in the whole file. */
const MOST_ALIASES = 1000;

/** Aliases without an end: one inside of its own anchor, or more than any lab needs. */
export function endless(document: Document): Told | undefined {
  const anchors = new Map<string, unknown>();
  let count = 0;
  let found: Told | undefined;
  visit(document, {
    Node(_key, node, above) {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.set(node.anchor, node);
        return undefined;
      }
      const offset = node.range?.[0] ?? 0;
      // What counts is the last anchor of that name before it.
      if (above.includes(anchors.get(node.source) as (typeof above)[number])) found = { offset, message: `"*${node.source}" stands inside of what it stands for: the file would have no end`, hint: 'Write the values out.' };
      else if (++count > MOST_ALIASES) found = { offset, message: `the file has more than ${MOST_ALIASES} aliases (*name)`, hint: 'Write the values out, or make equal nodes with "count".' };
      return found && visit.BREAK;
    },
  });
  return found;
}

/** Where the first alias stands. */
export function firstAlias(document: Document): number {
  let offset = 0;
  visit(document, {
    Alias(_key, alias) {
      offset = alias.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return offset;
}

const TELL: Readonly<Partial<Record<YAMLError['code'], (error: YAMLError, text: string, document: Document) => Told | undefined>>> = {
  MISSING_CHAR: (error, text, document) => unclosed(error, text, document) ?? keyless(error, text),
  BAD_INDENT: (error, text, document) => unclosed(error, text, document) ?? indentation(error.pos[0], text),
  BLOCK_AS_IMPLICIT_KEY: nested,
  MULTILINE_IMPLICIT_KEY: (error, text) => withoutColon(error.pos[0], text),
  UNEXPECTED_TOKEN: unexpected,
  BLOCK_IN_FLOW: ({ pos }, text) =>
    /^-\s/.test(text.slice(pos[0], pos[0] + 2))
      ? { offset: pos[0], message: 'a list of dashes stands between brackets', hint: 'Between { } and [ ] a list is written [a, b].' }
      : { offset: pos[0], message: 'a comma is missing between two entries', hint: 'Between { } and [ ] entries are parted by commas: { memory: 1024, cpus: 2 }.' },
  BAD_SCALAR_START: ({ pos }, text) => ({ offset: pos[0], message: `a text cannot begin with ${text[pos[0]] ?? ''} in YAML`, hint: 'Put the text in quotes.' }),
  BAD_DQ_ESCAPE: ({ pos }, text) => ({ offset: pos[0], message: `${text.slice(pos[0], pos[0] + 2)} means nothing between double quotes`, hint: 'Write \\\\ for a backslash, or put the text in single quotes.' }),
  MULTIPLE_DOCS: ({ pos }, text) => ({ offset: pos[0], message: text.startsWith('---', pos[0]) ? 'a second document begins here (---)' : 'a second document begins here, behind "..."', hint: 'A lab is one document: put each into a file of its own.' }),
  MULTIPLE_ANCHORS: ({ pos }) => ({ offset: pos[0], message: 'a value has two anchors (&name)', hint: 'Keep one of the two.' }),
  ALIAS_PROPS: ({ pos }) => ({ offset: pos[0], message: 'an alias (*name) cannot have an anchor of its own', hint: 'Use the anchor it stands for.' }),
  KEY_OVER_1024_CHARS: ({ pos }) => ({ offset: pos[0], message: 'a key is longer than 1024 characters', hint: 'Is a colon or a line break missing in it?' }),
};

function otherwise(error: YAMLError): Told {
  return { offset: error.pos[0], message: error.message.split('\n')[0] ?? 'not readable as YAML', hint: 'Look at this line and the one above it: indentation, quotes, the blank after a colon.' };
}

function tab({ code, pos }: YAMLError, text: string): Told | undefined {
  const line = lineAt(text, pos[0]);
  const at = /^[ ]*\t/.exec(line.text);
  if (code !== 'TAB_AS_INDENT' && !at) return undefined;
  return { offset: at ? line.start + at[0].length - 1 : pos[0], message: 'a tab stands where YAML wants spaces', hint: 'Indent with spaces.' };
}

/** A quote or bracket that is opened and not closed is told where it is opened. */
function unclosed({ pos, message }: YAMLError, text: string, document: Document): Told | undefined {
  const quote = /^Missing closing (["'])quote/.exec(message)?.[1];
  if (quote !== undefined) {
    const offset = lastBefore(document, pos[0], (node) => isScalar(node) && text[node.range?.[0] ?? 0] === quote);
    return { offset, message: `a ${quote} is opened and not closed`, hint: `Close it at the end of the text; a ${quote} inside of it is written ${quote === '"' ? '\\"' : "''"}.` };
  }
  if (!/^Flow (map|sequence) in /.test(message)) return undefined;
  const offset = lastBefore(document, pos[0], (node) => isCollection(node) && node.flow === true);
  const open = text[offset] ?? '{';
  const close = open === '[' ? ']' : '}';
  const found = text[pos[0]] ?? '';
  if ('}]'.includes(found) && found !== '') return { offset: pos[0], message: `${found} stands where ${open} is to be closed`, hint: `What ${open} opens, ${close} closes.` };
  return { offset, message: `${open} is opened and not closed`, hint: `Close it with ${close}. After a blank, # makes the rest of a line a comment, brackets and all.` };
}

/** Start of the last node of a kind that begins before an offset and is not over there. */
function lastBefore(document: Document, offset: number, wanted: (node: unknown) => boolean): number {
  let start = 0;
  visit(document, {
    Node(_key, node) {
      if (node.range && node.range[0] < offset && node.range[1] >= offset && wanted(node)) start = node.range[0];
    },
  });
  return start;
}

function keyless(error: YAMLError, text: string): Told | undefined {
  if (/^Sequence item without/.test(error.message)) return indentation(error.pos[0], text);
  return /followed by map values/.test(error.message) ? withoutColon(error.pos[0], text) : undefined;
}

/** The line at an offset begins in a column that fits none above it. */
function indentation(offset: number, text: string): Told {
  const line = lineAt(text, offset);
  const before = shownLine(text, line.start - 1);
  return {
    offset: line.start + indented(line.text),
    message: `this line begins in column ${indented(line.text) + 1}, and what stands above it in column ${columnOf(before)}`,
    hint: /^ *- /.test(before) ? 'What belongs to an item of a list begins in one column, two to the right of the dash.' : 'Lines of one map begin in the same column; what belongs to a key is indented further.',
  };
}

function nested({ pos, message }: YAMLError, text: string): Told {
  const line = lineAt(text, pos[0]);
  if (/block sequence/.test(message)) return { offset: line.start + indented(line.text), message: 'an item of a list stands among the keys of a map', hint: 'What is below a key is either a list ("- " before each) or a map ("key: value").' };
  const rest = line.text.slice(pos[0] - line.start);
  const item = /^( *-)([[{a-zA-Z].*)$/.exec(line.text);
  if (item) return { offset: line.start + indented(line.text), message: 'the dash of an item has no blank behind it', hint: `Write it as "- ${printable((item[2] ?? '').slice(0, 40))}${(item[2] ?? '').length > 40 ? '…' : ''}".` };
  if (/:(\s|$)/.test(rest)) return { offset: pos[0], message: 'a second colon stands in the value of a key', hint: 'Put the value in quotes, or begin a new line.' };
  // The value itself is right: it is the next line that is indented too far.
  return indentation(nextLine(text, pos[0]), text);
}

function withoutColon(offset: number, text: string): Told {
  const line = lineAt(text, offset);
  const word = line.text.trim();
  const glued = /^([\w-]+):(\S.*)$/.exec(word);
  const at = line.start + indented(line.text);
  if (glued) return { offset: at, message: 'a blank is missing after the colon', hint: `Write "${glued[1] ?? ''}: ${glued[2] ?? ''}".` };
  return { offset: at, message: 'a key needs a colon after it', hint: `Write "${word.slice(0, 40)}:" where it is a key; a text over several lines is indented further than its key.` };
}

function unexpected({ pos, message }: YAMLError, text: string): Told | undefined {
  const line = lineAt(text, pos[0]);
  if (/^Unexpected scalar at node end/.test(message)) return { offset: pos[0], message: 'something stands behind the closing quote', hint: 'Put the whole text in quotes; a quote inside of it needs the other kind around it: "It\'s a lab".' };
  if (/^Not a YAML token/.test(message) && /[|>]/.test(line.text)) return { offset: pos[0], message: 'the text begins on the line of its | or >', hint: 'Begin the text on the next line, indented.' };
  const found = text[pos[0]] ?? '';
  return '}]'.includes(found) && found !== '' ? { offset: pos[0], message: `${found} closes nothing`, hint: `Take it away, or open ${found === '}' ? '{' : '['} before it.` } : undefined;
}

/** Duplicate keys, and keys that YAML knows and a lab does not. yaml's own search compares each key of a map with each: too slow for 10,000 nodes. */
function keyProblems(document: Document): readonly SyntaxProblem[] {
  const found: SyntaxProblem[] = [];
  visit(document, {
    Map(_key, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        const odd = oddKey(key);
        if (odd) found.push({ code: 'LG001', ...odd });
        if (!isScalar(key)) continue;
        if (seen.has(key.value) && key.range) found.push({ code: 'LG002', offset: key.range[0], message: `the key "${String(key.value)}" stands twice in the same map`, hint: 'Keep one of the two, or give the second another name.' });
        seen.add(key.value);
      }
    },
  });
  return found;
}

/** By these JavaScript turns a map into a text or a number: whoever shows such a map would stumble. */
export const RESERVED: ReadonlySet<unknown> = new Set(['toString', 'valueOf', 'toJSON']);

function oddKey(key: unknown): Told | undefined {
  if (isCollection(key)) return { offset: key.range?.[0] ?? 0, message: 'a key is a text, and this one is a map or a list', hint: 'A text that begins with { or [ is put in quotes.' };
  if (!isScalar(key)) return undefined;
  const offset = key.range?.[0] ?? 0;
  if (RESERVED.has(key.value)) return { offset, message: `a key cannot be called "${String(key.value)}"`, hint: 'Give it another name.' };
  if (key.value === null && key.source === '') return { offset, message: 'a key is missing before the colon', hint: 'Write its name, or take the line away.' };
  if (key.type === 'PLAIN' && /^[\u00a0\u2000-\u200b\u3000]/.test(String(key.value))) return { offset, message: 'a no-break space stands where YAML wants spaces', hint: 'Indent with spaces; other blanks come with text copied from a page.' };
  return undefined;
}
