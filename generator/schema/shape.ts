/** The shape of a lab: is it as the schema says, and where it is not, what is wrong. */
import type { ErrorObject } from 'ajv';
import type { LabSource } from '../source/lab-source.js';
import type { Path, Problem } from '../model/problem.js';
import type { JsonSchema } from '../model/schema.js';
import { describeShape } from './shape-problems.js';

/** The lab's schema, compiled twice: to say that something is wrong takes a fraction of what it takes to say what. */
export interface Shape {
  isWrong(value: unknown): boolean;
  errors(value: unknown): readonly ErrorObject[];
  /** What both were compiled from. */
  schema(): JsonSchema;
}

/** Problems of shape in a composed lab; `wrong` collects the paths that rules must leave alone. */
export function shapeProblems(source: LabSource, shape: Shape, wrong: Path[]): Problem[] {
  return shape.isWrong(source.value) ? describeShape(source, shape.errors(source.value), shape.schema(), wrong) : [];
}
