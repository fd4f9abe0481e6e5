/** Which of a lab's breaks it is to be. */
import { Failure } from '../model/failure.js';
import type { Break, Lab } from '../model/lab.js';
import { suggest } from '../model/nearest.js';

export interface Wish {
  /** A name; teachers know them. */
  readonly which: string | undefined;
  /** Any whole number: the same one draws the same break. */
  readonly draw: number;
  /** The one before, which is not drawn twice in a row. */
  readonly before: string | undefined;
}

type Breakable = Pick<Lab, 'name' | 'stage' | 'stages' | 'breaks'>;

/** @throws Failure (exit 2) where the lab cannot be broken. */
export function refuseNone({ name, stage, stages, breaks }: Breakable): void {
  if (breaks.length === 0) throw new Failure(2, `${name}${stage === undefined ? '' : ` (${stage})`} declares no breaks`, `${stages.at(-1)?.name === stage ? '' : `Most labs do so in their last stage: "labgen up --stage ${stages.at(-1)?.name ?? ''}". `}A lab says under "breaks" what can be broken: docs/language.md.`);
}

/** @throws Failure (exit 2) where there is none, or none of this name. */
export function chooseBreak(lab: Breakable, { which, draw, before }: Wish): Break {
  refuseNone(lab);
  const { breaks } = lab;
  if (which !== undefined) {
    const found = breaks.find((each) => each.name === which);
    if (!found) throw new Failure(2, `there is no break "${which}"`, suggest(which, breaks.map((each) => each.name), 'break'));
    return found;
  }
  const others = breaks.length > 1 ? breaks.filter((each) => each.name !== before) : breaks;
  return others[mixed(draw) % others.length] as Break;
}

/** Neighbouring numbers draw different breaks; the finish of MurmurHash3. */
function mixed(number: number): number {
  let bits = number | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
