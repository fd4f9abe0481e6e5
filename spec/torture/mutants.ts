/** Text as nobody meant it: real samples cut, doubled, swapped, stretched and spoilt; and nothing but noise. */
import fc from 'fast-check';

/** What parsers stumble over, each on its own or a thousand times. */
export const PIECES = [
  '\u0000', '\r', '\r\n', '\n', '\u2028', '\u0085', '\ufeff', '\u001b[2J', '\ud800', 'é', '😀', '"', "'", '\\', '\\"', '`', '{', '}', '[', ']', '[{', ': ', ':', '- ', '? ', '#', '#\r\n', '%', '%YAML 1.1\n', '---\n',
  '&a ', '*a ', '<<: ', '!!int ', '|', '>', ',', '=', '\t', ' ', '  \n', '/', '::', '.', '..', '0', '9', '-1', '1e400', '99999999999999999999', '0x', '__proto__', 'constructor', 'null', 'true', '~', 'a', 'a ', 'a\n', 'é: ', "Chain '", 'Host ', 'From ',
] as const;

/** Values that stand where something else is expected, as JSON writes them. */
const ODD = [
  'null', 'true', '7', '-1', '1.5', '1e400', '99999999999999999999', '""', '"x"', '"\\u0000"', '"\\ud800"', '"../../x"', '"__proto__"', '[]', '{}', '[null]', '[[]]', '{"a":{}}', '{"toString":null}', '{"__proto__":{"x":1}}', '{"length":-1}',
  `"${'a'.repeat(20_000)}"`, `${'['.repeat(3000)}${']'.repeat(3000)}`, `${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`,
] as const;

type Change = (text: string, at: number, length: number, piece: string) => string;

const CHANGES: readonly Change[] = [
  (text, at) => text.slice(0, at),
  (text, at) => text.slice(at),
  (text, at, length) => text.slice(0, at) + text.slice(at + length),
  (text, at, length) => text.slice(0, at + length) + text.slice(at),
  (text, at, length) => text.slice(0, at) + text.slice(at + length, at + 2 * length) + text.slice(at, at + length) + text.slice(at + 2 * length),
  (text, at, _length, piece) => text.slice(0, at) + piece + text.slice(at),
  (text, at, length, piece) => text.slice(0, at) + piece + text.slice(at + length),
  (text, at, length, piece) => text.slice(0, at) + piece.repeat(length * 20) + text.slice(at),
  (text, at, _length, piece) => text.slice(0, at) + text.slice(at).replaceAll(text[at] ?? ' ', piece),
  (text, at) => text.split('\n').sort((a, b) => (a.charCodeAt(at % 7) || 0) - (b.charCodeAt(at % 7) || 0)).join('\n'),
];

/** No sample and no noise is longer after its changes: what is longer is the matter of growth.ts. */
const LONGEST = 60_000;

export const noise: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ unit: 'binary-ascii', maxLength: 400 }),
  fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes).toString('utf8')),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 200 }).map((pieces) => pieces.join('')),
);

/** Samples after one change to four. */
export function mutants(samples: readonly string[]): fc.Arbitrary<string> {
  const change = fc.record({ change: fc.constantFrom(...CHANGES), at: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.integer({ min: 1, max: 40 }), piece: fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 8 })) });
  return fc.record({ sample: fc.constantFrom(...samples), changes: fc.array(change, { minLength: 1, maxLength: 4 }) }).map(({ sample, changes }) =>
    changes.reduce((text, each) => each.change(text, Math.floor(each.at * text.length), each.length, each.piece).slice(0, LONGEST), sample));
}

/** JSON with one to three of its values in a type nobody expects, or gone. */
export function misTyped(samples: readonly unknown[]): fc.Arbitrary<string> {
  const spoil = fc.record({ at: fc.nat(), odd: fc.option(fc.constantFrom(...ODD), { freq: 8 }) });
  return fc.record({ sample: fc.constantFrom(...samples), spoils: fc.array(spoil, { minLength: 1, maxLength: 3 }) }).map(({ sample, spoils }) => spoils.reduce((text, each) => spoilt(text, each.at, each.odd), JSON.stringify(sample)));
}

/** A value deep inside is replaced by a text that is put in its place: JSON.stringify could not write the deepest ones. */
function spoilt(text: string, at: number, odd: string | null): string {
  const marks: [object, string][] = [];
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch {
    return text;
  }
  const holder = { whole: value };
  const visit = (parent: object, depth: number): void => {
    for (const [key, inner] of Object.entries(parent)) {
      marks.push([parent, key]);
      if (typeof inner === 'object' && inner !== null && depth < 100) visit(inner as object, depth + 1);
    }
  };
  visit(holder, 0);
  const [parent, key] = marks[at % marks.length] ?? [holder, 'whole'];
  if (odd === null) delete (parent as Record<string, unknown>)[key];
  else (parent as Record<string, unknown>)[key] = '@odd@';
  try {
    return (JSON.stringify(holder.whole) ?? '').replace('"@odd@"', () => odd ?? '');
  } catch {
    // It holds something too deep already.
    return text;
  }
}
