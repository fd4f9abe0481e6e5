/** What a folder remembers of its break. Whoever comes across the file does not read the answer in it. */
import { numberOf, parseJson, textOf, textsOf } from '../model/foreign.js';
import type { BreakState } from '../model/grade.js';
import { isTree } from '../model/merge.js';

const ABOUT = 'Something in this lab was broken on purpose. "labgen grade" tells how far its repair is, "labgen break --undo" gives up.';

export function formatState(state: BreakState): string {
  return `${JSON.stringify({ about: ABOUT, sealed: turned(Buffer.from(JSON.stringify(state))).toString('base64') }, null, 2)}\n`;
}

/** Undefined where the text is none that labgen wrote. */
export function parseState(text: string): BreakState | undefined {
  const outer = parseJson(text);
  const sealed = isTree(outer) ? textOf(outer['sealed']) : undefined;
  const inner = sealed === undefined ? undefined : parseJson(turned(Buffer.from(sealed, 'base64')).toString());
  if (!isTree(inner)) return undefined;
  const [name, begun, hints] = [textOf(inner['name']), numberOf(inner['begun']), numberOf(inner['hints'])];
  if (name === undefined || begun === undefined || hints === undefined) return undefined;
  return { name, stage: textOf(inner['stage']), begun, red: textsOf(inner['red']), hints: Math.min(3, Math.max(0, Math.trunc(hints))), healed: numberOf(inner['healed']) };
}

/** Not a secret, only out of sight: base64 alone is what many read at a glance. */
function turned(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte, index) => byte ^ ((0xa5 + 7 * index) & 0xff)));
}
