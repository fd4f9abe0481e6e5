/** Directives of YAML (%YAML, %TAG), which may stand before a document. */

/** The first directive of a text, and where it stands; undefined where it begins with the document itself. */
export function firstDirective(text: string): { readonly offset: number; readonly name: string } | undefined {
  // Only comments and empty lines come before one.
  const [, before = '', name] = /^(\ufeff?(?:[ \t]*(?:#[^\n]*|\r)?\n)*)(%[^\s#]*)/.exec(text) ?? [];
  return name === undefined ? undefined : { offset: before.length, name };
}
