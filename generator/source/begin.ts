/** A lab's text as the beginning of another lab: its name and its schema line are changed, every other byte is kept. */
import { isMap, isNode, isScalar, parseDocument } from 'yaml';

/** The comment by which editors find the schema. */
const MODELINE = /^(#[ \t]+yaml-language-server:[^\r\n]*?\$schema=)(\S+)/m;

/** Words that YAML, of one version or another, takes for something else than a text. */
const NOT_A_TEXT = /^(null|true|false|yes|no|on|off|y|n)$/;

/** `text` is a lab without errors; undefined where its name cannot be changed by changing its text. */
export function beginAs(text: string, name: string, schema: string): string | undefined {
  const renamed = rename(text.replace(/^\uFEFF/, ''), name);
  return renamed === undefined ? undefined : pointAt(renamed, schema);
}

function rename(text: string, name: string): string | undefined {
  const { contents } = parseDocument(text, { version: '1.2', merge: false, uniqueKeys: false, prettyErrors: false, logLevel: 'error' });
  const value = isMap(contents) ? contents.items.find(({ key }) => isScalar(key) && key.value === 'lab')?.value : undefined;
  if (!isNode(value) || !value.range) return undefined;
  const [start, end] = value.range;
  // A block map, such as {var: name} written out, reaches to the next key.
  const old = text.slice(start, end).trimEnd();
  return `${text.slice(0, start)}${NOT_A_TEXT.test(name) ? JSON.stringify(name) : name}${text.slice(start + old.length)}`;
}

/** A URL is right from everywhere; a path was right from where the text comes from. */
function pointAt(text: string, schema: string): string {
  const [line, before = '', there = ''] = MODELINE.exec(text) ?? [];
  if (/^https?:/.test(there)) return text;
  if (line !== undefined) return text.replace(line, () => before + schema);
  return `# yaml-language-server: $schema=${schema}${text.includes('\r\n') ? '\r\n' : '\n'}${text}`;
}
