/** http: a web server answers, with a status and a body. */
import type { CheckKind, CommandResult, Expectation, Reading } from '../../model/check.js';
import { asksNumber } from '../../model/expectation.js';
import { aliveAt, dropMutation, hostPort, isNotRun, lastLine, notAsked, openMutation, word } from '../../model/probe.js';
import { object, port } from '../../schema/patterns.js';
import { arrow, END_REFERENCES, ENDS, pathOf } from './path.js';

/** Exit codes of curl that mean: no answer on this path. 7 connect, 28 time-out, 52 empty reply, 55 send, 56 receive. */
const NO_ANSWER: ReadonlySet<number> = new Set([7, 28, 52, 55, 56]);

/** --globoff: brackets in a path are text. --noproxy: the question is about this path, not a proxy's. */
const get = (address: string, to: string, path: string): readonly string[] => [
  'curl', '-sS', '--globoff', '--noproxy', '*', '--max-time', '3', '-o', '-', '-w', '\\n%{http_code}', `http://${hostPort(address, to)}${path}`,
];

export const http: CheckKind = {
  name: 'http',
  schema: () => object(
    {
      ...ENDS,
      port: { ...port('The TCP port.', 8080), default: 80 },
      path: { type: 'string', pattern: '^/[!-~]*$', form: 'a path beginning with /, of printable ASCII without blanks', maxLength: 2000, default: '/', description: 'The path, with its query.', examples: ['/index.html'] },
    },
    { title: 'HTTP', required: ['from', 'to'], description: 'A GET is answered with a 2xx or 3xx. Expect: a number or a range (the status), a text (the whole body), a pattern (found in the body), unreachable.', examples: [{ from: 'net-1', to: 'c1', port: 8080, path: '/' }] },
  ),
  references: END_REFERENCES,
  expects: { unreachable: true, values: ['number', 'string'], patterns: true, status: true },
  describe: (subject) => arrow('http', subject, `:${portOf(subject['port'])}${pathWord(subject['path'])}`),
  probe(subject, facts, expect) {
    const path = pathOf(subject, facts);
    if (isNotRun(path)) return path;
    const [to, page] = [portOf(subject['port']), pathWord(subject['path'])];
    const alive = expect.is === 'unreachable' ? aliveAt(path.to, path.address, facts, (own) => get(own, to, page)) : undefined;
    return { command: { node: path.node, argv: [...path.enter, ...get(path.address, to, page)] }, ...(alive && { alive }), read: (result) => read(result, expect) };
  },
  mutation(subject, facts, expect) {
    const path = pathOf(subject, facts);
    if (isNotRun(path)) return undefined;
    return expect.is === 'unreachable' ? openMutation(path.name, path.to, path.address, facts) : dropMutation(path, path.to, path.address, ['-p', 'tcp', '--dport', portOf(word(subject, 'port'))]);
  },
};

function portOf(value: unknown): string {
  return value === undefined || value === '' ? '80' : String(value);
}

function pathWord(value: unknown): string {
  const path = value === undefined ? '/' : String(value);
  return path.startsWith('/') ? path : `/${path}`;
}

function read(result: CommandResult, expect: Expectation): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  const complaint = lastLine(result.stderr);
  const cut = result.stdout.lastIndexOf('\n');
  const last = result.stdout.slice(cut + 1);
  const status = /^[1-9]\d\d$/.test(last) ? Number(last) : 0;
  if (result.code !== 0 || status === 0) {
    return { state: NO_ANSWER.has(result.code ?? -1) ? 'unreachable' : 'not-run', seen: complaint || `curl ended with ${result.code}` };
  }
  const body = result.stdout.slice(0, cut).trim();
  const value = asksNumber(expect) ? status : body;
  const seen = `status ${status}, body ${JSON.stringify(body.length > 200 ? `${body.slice(0, 200)}…` : body)}`;
  return { state: status >= 200 && status < 400 ? 'works' : 'differs', value, seen };
}
