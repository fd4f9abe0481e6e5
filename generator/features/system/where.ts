/** A check on one machine: `node`, or `container`. */
import type { CheckKind, Subject } from '../../model/check.js';
import type { JsonSchema } from '../../model/schema.js';
import { word } from '../../model/probe.js';
import { reference } from '../../schema/patterns.js';

export const WHERE = { node: reference('The node to look at.', 'net-1'), container: reference('The container to look at.', 'c1') };
export const WHERE_REFERENCES: CheckKind['references'] = { node: 'node', container: 'container' };

/** One of the two is needed: `node`, unless there is a container. */
export const ONE_OF_THEM: JsonSchema = { if: { not: { required: ['container'] } }, then: { required: ['node'] } };

export function whereOf(subject: Subject): string {
  return word(subject, 'container') || word(subject, 'node');
}
