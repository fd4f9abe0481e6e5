/** Finds expressions in a template that place a value without a quoting helper. Used by the build and by a test. */
import Handlebars from 'handlebars';
import { QUOTING } from './quote.js';

type Node = { readonly type: string; readonly [key: string]: unknown };

/** The offending expressions as written, such as `{{name}}`. */
export function bareExpressions(template: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== 'object' || node === null) return;
    const { type } = node as Node;
    if (type === 'MustacheStatement') {
      const { path, params, escaped } = node as unknown as { path: { original: string }; params: readonly unknown[]; escaped: boolean };
      if (!escaped || !Object.hasOwn(QUOTING, path.original) || params.length !== 1) found.push(`{{${path.original}}}`);
    } else if (type === 'PartialStatement' || type === 'Decorator') found.push(`{{> …}}`);
    for (const value of Object.values(node)) visit(value);
  };
  visit(Handlebars.parse(template));
  return found;
}
