/** The `breaks:` block. */
import type { JsonSchema } from '../../model/schema.js';
import { mapOf, name, object, PLAIN_LINES, text } from '../../schema/patterns.js';

const EXAMPLE = {
  'no-forwarding': {
    title: 'The host does not forward any more',
    about: 'What comes from docker0 and is for somebody else has to be forwarded; the kernel throws it away.',
    on: 'host',
    run: 'sysctl -qw net.ipv4.ip_forward=0',
    repair: 'sysctl -qw net.ipv4.ip_forward=1',
    hints: ['Containers reach their host, and nobody behind it.', 'Compare what comes in on docker0 with what leaves by eth1.', 'Look at `sysctl net.ipv4.ip_forward`.'],
  },
};

const shell = (description: string, example: string): JsonSchema => ({ type: 'string', minLength: 1, maxLength: 2000, pattern: PLAIN_LINES, form: 'text without control characters', description, examples: [example] });

const breakSchema = (): JsonSchema => object(
  {
    title: text('What was done, in one line. Told once it is repaired.', EXAMPLE['no-forwarding'].title, { minLength: 1 }),
    about: text('Why that breaks the lab. Told with it.', EXAMPLE['no-forwarding'].about, { minLength: 1 }),
    on: name('The node it is done on.', 'host'),
    run: shell('Shell that breaks the lab, as root on the node. It has to end by itself, and to leave no file that tells of it.', EXAMPLE['no-forwarding'].run),
    repair: shell('Shell that heals it again, and does no harm where nothing is broken.', EXAMPLE['no-forwarding'].repair),
    hints: { type: 'array', minItems: 3, maxItems: 3, description: 'Three, each told when it is asked for: where to look; what to compare; nearly the command.', items: text('One hint. Code goes between backticks.', 'Look at the routes of both hosts.', { minLength: 1 }), examples: [EXAMPLE['no-forwarding'].hints] },
  },
  { required: ['title', 'about', 'on', 'run', 'repair', 'hints'], title: 'Break', description: 'One way to break the running lab; a check of the lab has to notice it.' },
);

export const breaksSchema = (): JsonSchema => mapOf(name('A break.', 'no-forwarding'), breakSchema(), {
  title: 'Breaks', maxProperties: 100,
  description: 'What "labgen break" may do to the running lab, for a learner to find and repair; "labgen grade" judges by the checks. A break of a stage is of that stage only.', examples: [EXAMPLE],
});
