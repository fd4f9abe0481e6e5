/** command: whatever else one wants to know, as a command on a node or in a container. */
import type { CheckKind, CommandResult, Expectation, Reading, Subject } from '../../model/check.js';
import { asksNumber, matches } from '../../model/expectation.js';
import { isContainer, isNotRun, lastLine, notAsked, placeOf, word } from '../../model/probe.js';
import { object } from '../../schema/patterns.js';
import { ONE_OF_THEM, WHERE, WHERE_REFERENCES, whereOf } from './where.js';

/** Puts a program of that name before the real one on the node; the mend takes only that one away. */
const SHADOW = 'p=/usr/local/sbin/$1; [ ! -e "$p" ] && printf "#!/bin/sh\\nexit 97\\n" >"$p" && chmod +x "$p"';
const UNSHADOW = 'p=/usr/local/sbin/$1; grep -qx "exit 97" "$p" && rm "$p"';

export const command: CheckKind = {
  name: 'command',
  schema: () => object(
    {
      ...WHERE,
      run: {
        type: ['string', 'array'], minLength: 1, maxLength: 4000, minItems: 1, maxItems: 100, items: { type: 'string', maxLength: 4000, description: 'The program, or an argument.', examples: ['cat'] },
        description: 'A line for sh, or a list: a program and its arguments. On a node it runs as root.', examples: ['docker info --format {{.Driver}}', ['cat', '/etc/hostname']],
      },
    },
    { ...ONE_OF_THEM, title: 'Command', required: ['run'], description: 'A command ends with exit status 0. Expect: a number or a range (the exit status), a text (the whole output), a pattern (found in the output).', examples: [{ node: 'net-1', run: 'lsmod | grep ip_gre' }] },
  ),
  references: WHERE_REFERENCES,
  expects: { unreachable: false, values: ['number', 'string', 'boolean'], patterns: true, status: true },
  describe: (subject) => `command ${whereOf(subject)} ${word(subject, 'run')}`,
  probe(subject, facts, expect) {
    const name = whereOf(subject);
    const place = placeOf(name, facts);
    if (isNotRun(place)) return place;
    const argv = [...(isContainer(name, facts) ? ['docker', 'exec', name] : []), ...words(subject)];
    return { command: { node: place.node, argv }, read: (result) => read(result, expect) };
  },
  mutation(subject, facts, expect) {
    // The other program's own exit status.
    if (asksNumber(expect) && matches(expect, 97)) return undefined;
    const name = whereOf(subject);
    const first = word(subject, 'run').split(' ')[0] ?? '';
    // A container has no place of ours to shadow a program in, and a path or a shell's own word cannot be shadowed.
    if (isContainer(name, facts) || !/^[a-z][a-z0-9_.-]*$/.test(first) || SHELL_WORDS.has(first)) return undefined;
    const act = (script: string) => ({ node: name, argv: ['sh', '-c', script, 'sh', first] });
    return { title: `put another program called ${first} before the real one on ${name}`, break: act(SHADOW), mend: act(UNSHADOW) };
  },
};

/** dash looks for none of these on PATH. */
const SHELL_WORDS = new Set(['if', 'for', 'while', 'until', 'case', 'echo', 'printf', 'test', 'cd', 'set', 'export', 'read', 'true', 'false', 'exec', 'eval', 'command', 'type', 'wait', 'kill', 'trap', 'umask', 'ulimit', 'unset', 'shift', 'exit', 'return']);

function words(subject: Subject): readonly string[] {
  const run = subject['run'];
  if (Array.isArray(run)) return run.map(String);
  return ['sh', '-c', String(run)];
}

function read(result: CommandResult, expect: Expectation): Reading {
  // 126 and 127 are the command's own answer here, unlike in other probes.
  const asked = result.code === 126 || result.code === 127 ? undefined : notAsked(result);
  if (asked) return asked;
  if (result.code !== 0 && /^Error( response from daemon)?:|^Cannot connect to the Docker daemon/m.test(result.stderr)) return { state: 'not-run', seen: lastLine(result.stderr) };
  const output = result.stdout.trim();
  const said = output || result.stderr.trim();
  const value = asksNumber(expect) ? result.code : output;
  return { state: result.code === 0 ? 'works' : 'differs', value, seen: `exit ${result.code}${said ? `: ${said.length > 500 ? `${said.slice(0, 500)}…` : said}` : ''}` };
}
