/** Checks that expect what the prediction says cannot be; only where it knows for certain. */
import type { Check, Expectation } from '../model/check.js';
import { addressPart, familyOf } from '../model/family.js';
import { isAddress } from '../model/probe.js';
import type { World } from '../model/world.js';
import type { Answer, Question } from '../predict/question.js';
import { targetOf } from '../predict/questions.js';
import { simulator } from '../predict/simulate.js';

export interface Contradicted {
  readonly check: Check;
  readonly question: Question;
  /** What is predicted of it. */
  readonly answer: Answer;
}

const PROTOCOLS: Readonly<Record<string, Question['protocol']>> = { ping: 'icmp', mtu: 'icmp', source: 'icmp', tcp: 'tcp', http: 'tcp', udp: 'udp' };

/** Empty where the world leaves anything out: what hangs on that is not told. */
export function contradictedChecks(world: World, checks: readonly Check[]): readonly Contradicted[] {
  if (world.gaps.length > 0) return [];
  const ready = simulator(world);
  return checks.flatMap((check) => {
    const question = questionOf(world, check);
    if (!question || !ownsTarget(world, question)) return [];
    const answer = ready.ask(question);
    return contradicts(world, check, question, answer) ? [{ check, question, answer }] : [];
  });
}

/** What a check asks; undefined where it is of another kind, or asks for a name that only the running lab knows. */
export function questionOf(world: World, check: Check): Question | undefined {
  const protocol = PROTOCOLS[check.kind];
  if (protocol === undefined) return undefined;
  const { from, to, port, family } = check.subject;
  const known = (name: unknown): boolean => world.endpoints.some((each) => each.name === name);
  if (!known(from)) return undefined;
  const address = known(to) ? targetOf(world, String(from), String(to), family === 6 ? 6 : 4)?.address : String(to);
  if (address === undefined || !isAddress(address)) return undefined;
  return { from: String(from), to: String(to), address, family: familyOf(address), protocol, ...(protocol !== 'icmp' && { port: Number(port ?? 80) }) };
}

/** Any address of a node, or those a container or an address stands for. */
export function addressesOf(world: World, name: string): readonly string[] {
  const endpoint = world.endpoints.find((each) => each.name === name);
  if (endpoint?.kind === 'node') return (world.spaces.find((each) => each.name === name)?.interfaces ?? []).flatMap((each) => each.addresses.map((cidr) => addressPart(cidr)));
  return endpoint ? endpoint.addresses.map((each) => each.address) : [name];
}

/** Whoever is outside may answer or not. */
function ownsTarget(world: World, { to, address }: Question): boolean {
  return world.endpoints.some((each) => each.name === to) || world.spaces.some((space) => space.interfaces.some((each) => each.addresses.some((cidr) => addressPart(cidr) === address)));
}

function contradicts(world: World, { kind, subject, expect }: Check, question: Question, answer: Answer): boolean {
  const wanted = wantedOf(kind, expect);
  if (wanted === undefined) return false;
  const cameIn = answer.seenAs !== undefined;
  // Nobody looks at the answer: who asked is seen when it comes in.
  if (kind === 'source') return cameIn ? !addressesOf(world, String(subject['seenAs'])).includes(answer.seenAs ?? '') : answer.verdict === 'stopped';
  // Small packets have to pass, whichever is asked. How long an answer of IPv6 may be, its sender is told by other packets.
  if (kind === 'mtu' && answer.verdict === 'reached') {
    const [bytes, most] = [Number(subject['bytes']), answer.maxBytes ?? 0];
    return question.family === 4 && (wanted === 'closed' ? bytes <= most : bytes !== most);
  }
  if (kind === 'mtu' || wanted === 'open') return answer.verdict === 'stopped' && (question.protocol === 'icmp' || !cameIn || answer.stoppedAt?.onTheWayBack === true);
  return answer.verdict === 'reached' && !mayBeStopped(world, question);
}

/**
 * Undefined where it is not known: a program that labgen does not know may listen or not, so that whether a port refuses is nothing it can
 * say. With `unreachable` and `timeout` it has to be alive.
 */
function wantedOf(kind: string, expect: Expectation): 'open' | 'closed' | undefined {
  if (expect.is === 'any') return expect.of.every((each) => wantedOf(kind, each) === 'open') ? 'open' : undefined;
  if (expect.is === 'unreachable') return 'closed';
  if (kind !== 'tcp' || expect.is !== 'value' || expect.value === 'open') return 'open';
  return expect.value === 'timeout' ? 'closed' : undefined;
}

/** By what is not simulated: a rule for a connection's second packet, one that keeps neighbours of IPv6 from each other. */
function mayBeStopped(world: World, { protocol, family }: Question): boolean {
  const rules = world.spaces.flatMap((space) => space.chains.filter((chain) => chain.family === family).flatMap((chain) => chain.rules)).filter((rule) => rule.by !== 'dockerd');
  return rules.some(({ match, target }) => (protocol !== 'icmp' && match.states !== undefined) || (family === 6 && (target.kind === 'drop' || target.kind === 'reject') && (match.protocol === undefined || match.protocol.is === 'icmp')));
}
