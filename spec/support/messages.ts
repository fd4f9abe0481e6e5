/** Every message a problem can have, read from the sources: so that a rule without a broken lab is found. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './context.js';

export interface Message {
  /** `features/docker/rules.ts:26` */
  readonly place: string;
  /** Undefined where it is told by a code that is worked out. */
  readonly code: string | undefined;
  readonly source: string;
  readonly pattern: RegExp;
}

/** Rooms where a lab is thought about. */
const ROOMS = ['source', 'schema', 'model', 'features', 'plan'];

export function messagesOfProblems(): readonly Message[] {
  return ROOMS.flatMap((room) => (readdirSync(join(root, 'generator', room), { recursive: true }) as string[]).filter((name) => name.endsWith('.ts')).map((name) => `${room}/${name}`)).flatMap(messagesOf);
}

function messagesOf(file: string): readonly Message[] {
  const source = ts.createSourceFile(file, readFileSync(join(root, 'generator', file), 'utf8'), ts.ScriptTarget.ES2022, true);
  const found: Message[] = [];
  const add = (node: ts.Expression, code: string | undefined): void => {
    for (const text of texts(node)) {
      const { line } = source.getLineAndCharacterOfPosition(text.getStart());
      found.push({ place: `${file}:${line + 1}`, code, source: text.getText(), pattern: patternOf(text) });
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      // error(code, path, message, hint), and report(…) and warning(…) alike.
      const [code, , message, hint] = node.arguments;
      const name = ts.isPropertyAccessExpression(node.expression) ? node.expression.name.text : node.expression.getText();
      if (message && hint && ['error', 'warning', 'report'].includes(name)) add(message, code && ts.isStringLiteral(code) ? code.text : undefined);
    }
    if (ts.isObjectLiteralExpression(node)) {
      const property = (name: string): ts.Expression | undefined => node.properties.flatMap((each) => (ts.isPropertyAssignment(each) && each.name.getText() === name ? [each.initializer] : []))[0];
      const [message, hint, code] = [property('message'), property('hint'), property('code')];
      if (message && hint) add(message, code && ts.isStringLiteral(code) ? code.text : undefined);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

type Text = ts.StringLiteral | ts.NoSubstitutionTemplateLiteral | ts.TemplateExpression;

/** The texts an expression can be: both sides of a choice. */
function texts(node: ts.Expression): readonly Text[] {
  if (ts.isConditionalExpression(node)) return [...texts(node.whenTrue), ...texts(node.whenFalse)];
  if (ts.isParenthesizedExpression(node)) return texts(node.expression);
  if (ts.isTemplateExpression(node) || ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node];
  return [];
}

function patternOf(node: Text): RegExp {
  const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  if (!ts.isTemplateExpression(node)) return new RegExp(`^${escaped(node.text)}$`);
  return new RegExp(`^${escaped(node.head.text)}${node.templateSpans.map((span) => `(.*)${escaped(span.literal.text)}`).join('')}$`);
}
