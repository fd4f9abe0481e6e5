/** What would let a stopped question through: each remedy is tried on the simulated world before it is told. */
import { addressPart, type Family } from '../model/family.js';
import type { Table } from '../model/rule.js';
import type { Space, World, WorldRule } from '../model/world.js';
import { worldRule } from '../model/world-rule.js';
import { addressOf } from './address.js';
import type { Packet } from './packet.js';
import type { Answer, Question, Stop } from './question.js';
import { simulator, type Explanation } from './simulate.js';

export interface Remedy {
  /** Commands, each with the node it is for. */
  readonly steps: readonly { readonly node: string; readonly command: string }[];
  /** The answer once they were given. */
  readonly answer: Answer;
}

interface Step {
  readonly node: string;
  readonly command: string;
  readonly apply: (world: World) => World;
}

interface Hook {
  readonly table: Table;
  readonly chain: string;
}

const HOOKS: ReadonlySet<string> = new Set(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']);

/** One obstacle may stand behind another; more than this is no remedy but another lab. */
const MOST_STEPS = 4;

/** What no command that labgen knows would take out of the way. */
export interface Obstacle {
  readonly stop: Stop;
  /** Whether it stands behind others, which commands would take away. */
  readonly behind: boolean;
}

/** One of the two; neither where nothing is in the way. */
export interface Cure {
  readonly remedy?: Remedy;
  readonly obstacle?: Obstacle;
}

export function remedyFor(world: World, question: Question): Remedy | undefined {
  return cureFor(world, question).remedy;
}

export function cureFor(world: World, question: Question): Cure {
  const steps: Step[] = [];
  let changed = world;
  for (;;) {
    const explanation = simulator(changed).explain(question);
    const { answer } = explanation;
    if (answer.stoppedAt === undefined) return steps.length === 0 ? {} : { remedy: needed(world, question, steps) };
    const step = steps.length < MOST_STEPS ? stepFor(changed, question, explanation) : undefined;
    if (!step || steps.some((each) => each.command === step.command && each.node === step.node)) return { obstacle: { stop: answer.stoppedAt, behind: steps.length > 0 } };
    steps.push(step);
    changed = step.apply(changed);
  }
}

/** A later step may have led the packet another way, so that an earlier one is in vain. */
function needed(world: World, question: Question, found: readonly Step[]): Remedy {
  const answerTo = (steps: readonly Step[]): Answer => simulator(steps.reduce((before, step) => step.apply(before), world)).ask(question);
  const steps = found.reduce((left, step) => {
    const others = left.filter((each) => each !== step);
    return others.length > 0 && answerTo(others).verdict === 'reached' ? others : left;
  }, found);
  return { steps: steps.map((step) => told(world, step)), answer: answerTo(steps) };
}

/** A container may change nothing of its own network: its node does, from inside its namespace. */
function told({ spaces, endpoints }: World, { node: name, command }: Step): Remedy['steps'][number] {
  const node = spaces.find((space) => space.name === name)?.node ?? name;
  const container = endpoints.find((each) => each.space === name && each.kind === 'container')?.name ?? name;
  return node === name ? { node, command } : { node, command: `nsenter --net --target "$(docker inspect --format '{{.State.Pid}}' ${container})" ${command}` };
}

function stepFor(world: World, question: Question, { answer, there, back }: Explanation): Step | undefined {
  const { stoppedAt } = answer;
  const events = stoppedAt?.onTheWayBack === true ? back : there;
  const space = world.spaces.find((each) => each.name === stoppedAt?.node);
  if (!stoppedAt || !space) return undefined;
  const last = events.findLast((event) => event.space === space.name);
  const packet = last?.packet;
  if (stoppedAt.rule !== undefined && packet) return acceptance(space, packet, hookOf(stoppedAt.rule, events, space.name), passageOf(events, space.name));
  if (stoppedAt.missing === 'forwarding') return forwarding(space, question);
  if (stoppedAt.missing === 'route') return route(world, space, stoppedAt.onTheWayBack === true ? packet?.destination.text : packet?.destination.text ?? question.address);
  if (stoppedAt.missing === 'route back') return route(world, space, packet?.source.text);
  // The larger one of `all` and the interface's counts (Linux, ip-sysctl.rst), so that 0 might change nothing.
  if (stoppedAt.missing === 'loose filter') return { node: space.name, command: 'sysctl -w net.ipv4.conf.all.rp_filter=2', apply: (before) => withSpace(before, space.name, (old) => ({ ...old, reversePathFilter: 2 })) };
  return undefined;
}

/** The interfaces a packet was about to be passed between. */
function passageOf(events: Explanation['there'], name: string): { readonly in: string | undefined; readonly out: string | undefined } {
  const here = events.filter((event) => event.space === name);
  const entered = here.findLast((event) => event.kind === 'enter');
  const routed = here.findLast((event) => event.kind === 'route');
  const crossed = here.findLast((event) => event.kind === 'cross');
  // What merely crosses a bridge comes in and leaves by the bridge itself.
  if (crossed && (!routed || here.indexOf(crossed) > here.indexOf(routed))) return { in: crossed.bridge, out: crossed.bridge };
  return { in: entered?.interface, out: routed?.way.port.name };
}

/** The hook whose chains the rule is in, and its table: a chain of one's own is jumped to from that of a hook. */
function hookOf(rule: string, events: Explanation['there'], name: string): Hook {
  const [, policy] = /^-P (\S+) /.exec(rule) ?? [];
  if (policy !== undefined) return { table: 'filter', chain: policy };
  const table = (/^-t (\S+) /.exec(rule)?.[1] ?? 'filter') as Table;
  const walked = events.findLast((event) => event.kind === 'rule' && event.space === name && event.table === table && HOOKS.has(event.chain));
  return { table, chain: walked?.kind === 'rule' ? walked.chain : 'FORWARD' };
}

/** A rule that accepts just this, before all others; in DOCKER-USER where Docker has one. What is sent has its destination's way: no interface is named. */
function acceptance(space: Space, packet: Packet, { table, chain: hook }: Hook, passage: { readonly in: string | undefined; readonly out: string | undefined }): Step | undefined {
  if (table === 'nat') return undefined;
  const { family, protocol, kind } = packet;
  const docker = table === 'filter' && hook === 'FORWARD' && space.chains.some((chain) => chain.family === family && chain.name === 'DOCKER-USER');
  const chain = docker ? 'DOCKER-USER' : hook;
  const match = {
    ...(passage.in !== undefined && hook !== 'OUTPUT' && hook !== 'POSTROUTING' && { in: { is: passage.in } }),
    ...(passage.out !== undefined && hook === 'FORWARD' && { out: { is: passage.out } }),
    source: { is: packet.source.text }, destination: { is: packet.destination.text },
    protocol: { is: protocol },
    ...((protocol === 'tcp' || protocol === 'udp') && (kind === 'question' ? { destinationPort: packet.destinationPort } : { sourcePort: packet.sourcePort })),
  };
  const accept = worldRule(match, { kind: 'accept' }, 'you');
  // Names of ip6tables, and a number: to /etc/protocols `ipip` is another protocol.
  const words = accept.text.replace(' -p icmp ', family === 6 ? ' -p ipv6-icmp ' : ' -p icmp ').replace(' -p ipip ', ' -p 4 ');
  return {
    node: space.name,
    command: `${family === 6 ? 'ip6tables' : 'iptables'}${table === 'filter' ? '' : ` -t ${table}`} -I ${chain} ${words}`,
    apply: (before) => withSpace(before, space.name, (old) => withFirst(old, family, table, chain, accept)),
  };
}

function withFirst(space: Space, family: Family, table: Table, name: string, rule: WorldRule): Space {
  const known = space.chains.some((chain) => chain.family === family && chain.table === table && chain.name === name);
  if (!known) return { ...space, chains: [...space.chains, { family, table, name, rules: [rule] }] };
  return { ...space, chains: space.chains.map((chain) => (chain.family === family && chain.table === table && chain.name === name ? { ...chain, rules: [rule, ...chain.rules] } : chain)) };
}

function forwarding(space: Space, { family }: Question): Step {
  return {
    node: space.name,
    command: `sysctl -w ${family === 6 ? 'net.ipv6.conf.all.forwarding' : 'net.ipv4.ip_forward'}=1`,
    apply: (before) => withSpace(before, space.name, (old) => ({ ...old, forwards: { ...old.forwards, [family]: true } })),
  };
}

/** By way of a neighbour on a wire that has the address, or whose container has it. */
function route(world: World, space: Space, to: string | undefined): Step | undefined {
  const owner = to === undefined ? undefined : world.spaces.find((each) => each.interfaces.some((port) => port.addresses.some((cidr) => addressPart(cidr) === to)));
  const home = owner && world.spaces.find((each) => each.name === owner.node);
  if (!home || to === undefined || home.name === space.name) return undefined;
  const family = addressOf(to).family;
  const wires = new Set(space.interfaces.flatMap((each) => each.wire ?? []));
  const via = home.interfaces.find((each) => each.wire !== undefined && wires.has(each.wire))?.addresses.map((cidr) => addressPart(cidr)).find((address) => addressOf(address).family === family);
  if (via === undefined) return undefined;
  const full = `${to}/${family === 6 ? 128 : 32}`;
  return { node: space.name, command: `ip route add ${full} via ${via}`, apply: (before) => withSpace(before, space.name, (old) => ({ ...old, routes: [...old.routes, { to: full, via }] })) };
}

function withSpace(world: World, name: string, change: (space: Space) => Space): World {
  return { ...world, spaces: world.spaces.map((space) => (space.name === name ? change(space) : space)) };
}
