/** labgen help CODE: what a problem code means; labgen help codes: all of them. A bundle of its own: a render has no use for it. */
import { explanations } from '../../generated/explanations.js';
import { Failure, type ExitCode } from '../../model/failure.js';
import { printable } from '../../model/problem.js';
import { codeList, explanationText } from '../../report/explain.js';
import { nearest } from '../../model/nearest.js';
import type { Context } from '../context.js';

interface Options {
  readonly about: string;
  readonly format: 'text' | 'json';
}

/** @throws Failure (exit 2) where there is no such code. */
export function help(context: Context, { about, format }: Options): ExitCode {
  const all = /^codes?$/i.test(about);
  const found = all ? explanations : explanations.filter(({ code }) => code === about.toUpperCase());
  const [one] = found;
  if (!one) {
    const near = nearestCode(about.toUpperCase());
    throw new Failure(2, `there is no code "${printable(about)}"`, `${near === undefined ? '' : `The nearest is ${near}. `}"labgen help codes" lists them all.`);
  }
  if (format === 'json') context.out(`${JSON.stringify(all ? found : one, null, 2)}\n`);
  else context.out(all ? codeList(found) : explanationText(one));
  return 0;
}

/** By its letters; else by its number, as neighbours are of one kind. */
function nearestCode(asked: string): string | undefined {
  const codes = explanations.map(({ code }) => code);
  const number = Number(/^LG(\d+)$/.exec(asked)?.[1]);
  const away = (code: string): number => Math.abs(Number(code.slice(2)) - number);
  return nearest(asked, codes) ?? (Number.isNaN(number) ? undefined : codes.reduce((best, code) => (away(code) < away(best) ? code : best)));
}
