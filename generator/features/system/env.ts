/** env: a variable of the environment a container's first process was started with. */
import type { CheckKind, CommandResult, Reading } from '../../model/check.js';
import { isContainer, isNotRun, lastLine, notAsked, placeOf, word } from '../../model/probe.js';
import { object, reference } from '../../schema/patterns.js';
import { standIn } from './stand-in.js';

export const env: CheckKind = {
  name: 'env',
  schema: () => object(
    { container: reference('The container.', 'c1'), name: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$', form: 'the name of a variable', maxLength: 200, description: 'The variable that is looked for.', examples: ['DB_PORT'] } },
    { title: 'Environment', required: ['container', 'name'], description: 'A variable is set for the container. Expect: absent, its value, a pattern.', examples: [{ container: 'c1', name: 'DB_PORT_3306_TCP_PORT' }] },
  ),
  references: { container: 'container' },
  expects: { unreachable: false, values: ['string', 'number', 'boolean'], words: ['absent'], patterns: true },
  describe: (subject) => `env ${word(subject, 'container')} ${word(subject, 'name')}`,
  probe(subject, facts) {
    const container = word(subject, 'container');
    const place = placeOf(container, facts);
    if (isNotRun(place)) return place;
    if (!isContainer(container, facts)) return { notRun: `${container} is not a container` };
    return { command: { node: place.node, argv: ['cat', `/proc/${facts.pid(container)}/environ`] }, read: (result) => read(result, word(subject, 'name')) };
  },
  mutation(subject, facts, expect) {
    const [container, name] = [word(subject, 'container'), word(subject, 'name')];
    const absent = expect.is === 'value' && expect.value === 'absent';
    return standIn(container, `put a container ${absent ? 'with' : 'without'} ${name} in the place of ${container}`, absent ? ['--env', `${name}=labgen-mutation`] : [], facts);
  },
};

function read(result: CommandResult, name: string): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  if (result.code !== 0) return { state: 'not-run', seen: lastLine(result.stderr) || `exit ${result.code}` };
  const found = result.stdout.split('\0').find((each) => each.startsWith(`${name}=`));
  if (found === undefined) return { state: 'unreachable', value: 'absent', seen: `${name} is not set` };
  const value = found.slice(name.length + 1);
  return { state: 'works', value, seen: `${name}=${value.length > 200 ? `${value.slice(0, 200)}…` : value}` };
}
