/** A systemd unit's values as words, read by the rules of systemd.syntax(7) and systemd.service(5), apart from the helper that writes them. */

/** Words of all values, with quotes, escapes, %% and $$ undone, and what systemd would put in shown as that. */
export function wordsOfUnit(text: string): readonly string[] {
  const lines = text.replaceAll(/\\\n[ \t]*/g, ' ').split('\n').filter((line) => !/^\s*([#;[]|$)/.test(line));
  return lines.flatMap((line) => {
    const [key = '', value = ''] = [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)];
    const words = splitWords(value).map((word) => word.replaceAll(/%(.)/g, (_, sign: string) => (sign === '%' ? '%' : `<specifier ${sign}>`)));
    // Variables are put into commands only.
    return /^Exec/.test(key) ? words.map((word) => word.replaceAll(/\$(\$|\{?\w+\}?)/g, (_, name: string) => (name === '$' ? '$' : `<variable ${name}>`))) : words;
  });
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', s: ' ', '\\': '\\', '"': '"', "'": "'" };

function splitWords(value: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < value.length; at++) {
    const sign = value[at] ?? '';
    if (sign === '\\') {
      const next = value[++at] ?? '';
      const hex = next === 'x' ? /^[0-9a-f]{2}/i.exec(value.slice(at + 1))?.[0] : undefined;
      if (hex !== undefined) at += 2;
      word = (word ?? '') + (hex === undefined ? (ESCAPES[next] ?? `\\${next}`) : String.fromCharCode(parseInt(hex, 16)));
    } else if (quote !== '') {
      if (sign === quote) quote = '';
      else word = (word ?? '') + sign;
    } else if ((sign === '"' || sign === "'") && word === undefined) {
      quote = sign;
      word = '';
    } else if (/\s/.test(sign)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + sign;
  }
  return word === undefined ? words : [...words, word];
}
