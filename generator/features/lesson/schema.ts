/** The `lesson:` block. */
import type { JsonSchema } from '../../model/schema.js';
import { name, object, PLAIN_LINES, text } from '../../schema/patterns.js';

const step = (): JsonSchema => object(
  {
    on: name('The node to type it on.', 'host'),
    run: text('One line of shell, as root. It has to end by itself, and to change nothing.', 'ip -d link show docker0', { minLength: 1 }),
    expect: {
      type: ['string', 'integer', 'array'], maxLength: 2000, pattern: PLAIN_LINES, form: 'text without control characters',
      minItems: 1, maxItems: 50, uniqueItems: true, items: { type: ['string', 'integer'], maxLength: 2000, pattern: PLAIN_LINES, form: 'text without control characters', description: 'One of several: a text, a pattern, a number or a range.', examples: ['/state UP/'] },
      description: 'As of a check of the kind "command": a text (all that it prints), a pattern /…/ (found in it), a number or a range (the exit status), or a list of these. Left out: it ends without an error.', examples: ['/state UP/'],
    },
    why: text('One sentence: what it shows. Code goes between backticks.', 'docker0 is a bridge like any other.'),
  },
  { required: ['on', 'run', 'why'], title: 'Step of the lesson', description: 'One line to type, and what comes of it.' },
);

const texts = (description: string, example: string): JsonSchema => ({ type: 'array', maxItems: 50, description, items: text('One line. Code goes between backticks.', example, { minLength: 1 }), examples: [[example]] });

export const lessonSchema = (): JsonSchema => object(
  {
    steps: { type: 'array', maxItems: 50, description: 'What the reader types, in order. Each step is also a check of the lab.', items: step(), examples: [[{ on: 'host', run: 'ip -d link show docker0', expect: '/bridge/', why: 'docker0 is a bridge.' }]] },
    changed: texts('What is done otherwise than in the recipes of 2014 to 2020, and why.', 'brctl is not installed any more; `ip` and `bridge` do all that it did.'),
    next: texts('What to try next.', 'Give the bridge another MTU: `labgen up LAB --set bridges.br0.mtu=1400`.'),
  },
  { title: 'Lesson', description: 'What the handout says to its reader: what to type and what to expect, what has changed, what to try next.', examples: [{ steps: [{ on: 'host', run: 'ip -d link show docker0', expect: '/bridge/', why: 'docker0 is a bridge.' }] }] },
);
