/** iptables: a rule or a chain is there, or a built-in chain has this policy. */
import type { CheckKind, CommandResult, Expectation, Mutation, NodeCommand, Reading, Subject } from '../../model/check.js';
import { isNotRun, lastLine, notAsked, placeOf, word } from '../../model/probe.js';
import { filterTool } from '../../model/rule.js';
import { choice, family, object, reference, text } from '../../schema/patterns.js';
import { table } from './schema.js';

const BUILT_IN = /^(INPUT|OUTPUT|FORWARD|PREROUTING|POSTROUTING)$/;

export const iptables: CheckKind = {
  name: 'iptables',
  schema: () => object(
    {
      node: reference('The node to look at.', 'net-1'),
      family: family('The family of the rule: 6 for ip6tables. Left out: iptables.'),
      table: table(),
      chain: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_.-]*$', form: 'the name of a chain', maxLength: 28, description: 'The chain of the table.', examples: ['DOCKER-USER'] },
      rule: text('The rule, as the words after "iptables -A CHAIN"; quotes keep blanks together.', '-i foo -o docker0 -j ACCEPT', { minLength: 1 }),
      policy: choice('The policy of a built-in chain; instead of a rule.', { ACCEPT: 'What no rule decided on passes.', DROP: 'What no rule decided on is dropped.' }, { examples: ['DROP'] }),
    },
    { title: 'Packet filter', required: ['node', 'chain'], description: 'The rule is in the chain; without a rule: the chain is there, with this policy. Expect: absent.', examples: [{ node: 'net-1', chain: 'DOCKER-USER', rule: '-i foo -o docker0 -j ACCEPT' }] },
  ),
  references: { node: 'node' },
  expects: { unreachable: false, values: [], words: ['absent'], patterns: false },
  describe: (subject) => ['iptables', word(subject, 'node'), subject['family'] === 6 ? 'IPv6' : '', tableOf(subject), word(subject, 'chain'), word(subject, 'rule'), subject['policy'] === undefined ? '' : `policy ${word(subject, 'policy')}`].filter((each) => each !== '').join(' '),
  probe(subject, facts) {
    const place = placeOf(word(subject, 'node'), facts);
    if (isNotRun(place)) return place;
    const [chain, rule, policy] = [word(subject, 'chain'), word(subject, 'rule'), word(subject, 'policy')];
    const begin = [toolOf(subject), '-w', '5', '-t', tableOf(subject)];
    if (rule === '') return { command: { node: place.node, argv: [...begin, '-S', chain] }, read: (result) => readChain(result, chain, policy) };
    if (policy !== '') return { notRun: 'a rule and a policy are two checks' };
    const words = splitWords(rule);
    if (words === undefined) return { notRun: `the rule has an open quote: ${rule}` };
    const forbidden = words.find((each) => /^(-M|--mod|-t|--tab|-w|--wait)/.test(each));
    if (forbidden !== undefined) return { notRun: `"${forbidden}" is not part of a rule` };
    return { command: { node: place.node, argv: [...begin, '-C', chain, ...words] }, read: readRule };
  },
  mutation(subject, _facts, expect) {
    return word(subject, 'rule') === '' ? chainMutation(subject, expect) : ruleGone(subject, expect);
  },
};

function tableOf(subject: Subject): string {
  return word(subject, 'table') || 'filter';
}

function toolOf(subject: Subject): string {
  return filterTool(subject['family'] === 6 ? 6 : 4);
}

/** Blanks part words, quotes keep them together; undefined where a quote stays open. */
export function splitWords(line: string): readonly string[] | undefined {
  const words: string[] = [];
  let current: string | undefined;
  let quote = '';
  for (const letter of line) {
    if (quote !== '') {
      if (letter === quote) quote = '';
      else current += letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      current ??= '';
    } else if (letter === ' ' || letter === '\t') {
      if (current !== undefined) words.push(current);
      current = undefined;
    } else current = (current ?? '') + letter;
  }
  if (current !== undefined) words.push(current);
  return quote === '' ? words : undefined;
}

/** nft says "incompatible" of a chain that does not exist; legacy says "No chain". */
const NO_CHAIN = /is incompatible|no chain\/target\/match|chain '?[^'\s]{1,64}'? does not exist/i;

function readRule(result: CommandResult): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  if (result.code === 0) return { state: 'works', value: 'present', seen: 'the rule is there' };
  if (NO_CHAIN.test(result.stderr)) return { state: 'unreachable', value: 'absent', seen: `the rule is not there: ${lastLine(result.stderr)}` };
  if (result.code === 1 && /bad rule|does a matching rule exist/i.test(result.stderr)) return { state: 'unreachable', value: 'absent', seen: 'the rule is not there' };
  return { state: 'not-run', seen: result.stderr.trim().split('\n')[0] || `exit ${result.code}` };
}

function readChain(result: CommandResult, chain: string, policy: string): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  if (result.code !== 0) return NO_CHAIN.test(result.stderr) ? { state: 'unreachable', value: 'absent', seen: `there is no chain ${chain}` } : { state: 'not-run', seen: lastLine(result.stderr) || `exit ${result.code}` };
  const has = /^-P \S+ (\S+)/m.exec(result.stdout)?.[1];
  const seen = has === undefined ? `${chain} is there, and has no policy` : `policy ${has}`;
  return { state: policy === '' || has === policy ? 'works' : 'differs', value: 'present', seen };
}

function chainMutation(subject: Subject, expect: Expectation): Mutation | undefined {
  const [node, chain, policy] = [word(subject, 'node'), word(subject, 'chain'), word(subject, 'policy')];
  const run = (...words: string[]): NodeCommand => ({ node, argv: [toolOf(subject), '-w', '5', '-t', tableOf(subject), ...words] });
  if (expect.is !== 'works') return BUILT_IN.test(chain) ? undefined : { title: `make a chain ${chain}`, break: run('-N', chain), mend: run('-X', chain) };
  if (!BUILT_IN.test(chain)) return policy !== '' ? undefined : { title: `rename ${chain}`, break: run('-E', chain, 'LABGEN-MUTATION'), mend: run('-E', 'LABGEN-MUTATION', chain) };
  const other = policy === 'DROP' ? 'ACCEPT' : 'DROP';
  // A dropping INPUT or OUTPUT would cut the node off.
  if (policy === '' || (other === 'DROP' && chain !== 'FORWARD')) return undefined;
  return { title: `policy ${other} on ${chain}`, break: run('-P', chain, other), mend: run('-P', chain, policy) };
}

/** Notes the rule's place as the first line that differs once it is gone; the first line of -S is the chain itself. */
const DELETE = [
  'tool=$1 table=$2 chain=$3 state=/run/labgen/mutation-$1-$2-$3; shift 3; mkdir -p /run/labgen',
  'before=$("$tool" -w 5 -t "$table" -S "$chain") || exit',
  '"$tool" -w 5 -t "$table" -D "$chain" "$@" || exit',
  'after=$("$tool" -w 5 -t "$table" -S "$chain")',
  'n=0; while [ "$(printf "%s\\n" "$before" | sed "$((n+1))!d")" = "$(printf "%s\\n" "$after" | sed "$((n+1))!d")" ]; do n=$((n+1)); done',
  'echo "$n" > "$state"',
].join('\n');
const INSERT = [
  'tool=$1 table=$2 chain=$3 state=/run/labgen/mutation-$1-$2-$3; shift 3',
  '"$tool" -w 5 -t "$table" -I "$chain" "$(cat "$state")" "$@" && rm "$state"',
].join('\n');

function ruleGone(subject: Subject, expect: Expectation): Mutation | undefined {
  const [node, chain, table] = [word(subject, 'node'), word(subject, 'chain'), tableOf(subject)];
  const words = splitWords(word(subject, 'rule'));
  if (words === undefined) return undefined;
  if (expect.is !== 'works') {
    if (/^(INPUT|OUTPUT)$/.test(chain) && words.some((each) => each === 'DROP' || each === 'REJECT')) return undefined;
    const run = (verb: string): NodeCommand => ({ node, argv: [toolOf(subject), '-w', '5', '-t', table, verb, chain, ...words] });
    return { title: `add the rule to ${chain}`, break: run('-A'), mend: run('-D') };
  }
  const script = (lines: string): NodeCommand => ({ node, argv: ['sh', '-c', lines, 'sh', toolOf(subject), table, chain, ...words] });
  return { title: `delete the rule from ${chain}`, break: script(DELETE), mend: script(INSERT) };
}
