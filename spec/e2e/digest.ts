/** By what a recorded run knows its lab again: all that makes its machines and its checks. */
import { createHash } from 'node:crypto';
import { isTree, type Tree } from '../../generator/model/merge.js';

/**
 * SHA-256 of a lab, with what it includes, as JSON. Comments and layout say nothing of the machines, nor do breaks, which are done
 * to a lab that runs already and have a record of their own. The order of keys stays: addresses are given by it.
 */
export function digestOf(lab: Tree): string {
  return createHash('sha256').update(JSON.stringify(withoutBreaks(lab))).digest('hex');
}

function withoutBreaks({ breaks: _breaks, ...lab }: Tree): Tree {
  const { stages } = lab;
  return Array.isArray(stages) ? { ...lab, stages: (stages as unknown[]).map((stage) => (isTree(stage) ? withoutBreaks(stage) : stage)) } : lab;
}
