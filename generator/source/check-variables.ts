/** Is every declared variable given, and is what it is given what it is declared as? */
import { isTree, type Tree } from '../model/merge.js';
import { nearest } from '../model/nearest.js';
import { printable, type Path, type Problem } from '../model/problem.js';
import { VARIABLE_TYPES } from '../model/variable-types.js';
import { declaration } from '../model/variables.js';

type Report = (code: string, path: Path, message: string, hint: string) => void;

/** Problems of the variables, and the names of those that must not be put in: what they would bring along is told here. */
export function checkVariables(vars: unknown, locate: (path: Path) => Pick<Problem, 'file' | 'line' | 'column' | 'path'>): { readonly problems: readonly Problem[]; readonly withheld: ReadonlySet<string> } {
  const problems: Problem[] = [];
  const withheld = new Set<string>();
  for (const [name, written] of Object.entries(isTree(vars) ? vars : {})) {
    const declared = declaration(written);
    if (!declared) {
      // An empty value is told by the schema.
      if (written === null) withheld.add(name);
      continue;
    }
    const error: Report = (code, path, message, hint) => {
      problems.push({ code, severity: 'error', ...locate(path), message, hint });
      withheld.add(name);
    };
    checkDeclared(name, declared, error);
    if (!Object.hasOwn(declared, 'default')) withheld.add(name);
  }
  return { problems, withheld };
}

function checkDeclared(name: string, declared: Tree, error: Report): void {
  const path: Path = ['vars', name];
  const type = Object.hasOwn(VARIABLE_TYPES, String(declared['type'])) ? VARIABLE_TYPES[String(declared['type'])] : undefined;
  // A declaration that is none is told by the schema.
  if (!type) return;
  const legal = Array.isArray(declared['enum']) ? (declared['enum'] as unknown[]) : undefined;
  const odd = legal?.findIndex((each) => !type.fits(each)) ?? -1;
  if (odd >= 0) {
    error('LG153', [...path, 'enum', odd], `${shown(legal?.[odd])} is not ${type.words}, which "${name}" is declared as`, `For example: ${type.example}.`);
    return;
  }
  if (!Object.hasOwn(declared, 'default')) {
    error('LG152', path, `the variable "${name}" has no value`, `Give it one: --set vars.${name}=${String(legal?.[0] ?? type.example)}, or "${name}:" in a file for --vars; or add a "default".`);
    return;
  }
  const value = declared['default'];
  if (!type.fits(value)) error('LG153', [...path, 'default'], `${shown(value)} is not ${type.words}, which the variable "${name}" has to be`, typeof value !== 'string' && type === VARIABLE_TYPES['string'] ? `Put it in quotes: "${printable(String(value))}".` : `For example: ${type.example}.`);
  else if (legal && !legal.some((each) => each === value || JSON.stringify(each) === JSON.stringify(value))) {
    const near = nearest(String(value), legal.map(String));
    error('LG153', [...path, 'default'], `${shown(value)} is not a legal value of the variable "${name}"`, `${near === undefined ? '' : `Did you mean ${near}? `}Legal are: ${legal.map(String).join(', ')}.`);
  }
}

function shown(value: unknown): string {
  const text = value === null ? 'an empty value' : printable(JSON.stringify(value));
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
