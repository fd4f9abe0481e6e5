/** What others wrote, read without trust: a value has the wanted type, or there is none. */
import { isTree, type Tree } from './merge.js';

/** Undefined where the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** A list of nothing but texts. */
export function textsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined;
}

/** A list of nothing but maps. */
export function treesOf(value: unknown): readonly Tree[] | undefined {
  return Array.isArray(value) && value.every(isTree) ? value : undefined;
}
