/** What probes of several features share: where a command runs, which address it asks, what its failure means. */
import type { CommandResult, Facts, Mutation, NodeCommand, Reading, Subject } from './check.js';
import { addressPart, canonical, type Family, familyOf, holds } from './family.js';
import { filterTool } from './rule.js';

/** A network stack to ask from: the node's own, or a container's entered with the node's tools. */
export interface Place {
  readonly name: string;
  readonly node: string;
  /** Words before the command: none on a node. */
  readonly enter: readonly string[];
}

export interface NotRun {
  readonly notRun: string;
}

export function isNotRun(value: object): value is NotRun {
  return 'notRun' in value;
}

/** The value of a key that the schema says is text; empty where it is missing. */
export function word(subject: Subject, key: string): string {
  const value = subject[key];
  return value === undefined ? '' : Array.isArray(value) ? value.join(' ') : String(value);
}

export function isContainer(name: string, facts: Facts): boolean {
  return facts.lab.containers.some((container) => container.name === name);
}

/** Where packets of a node or container start; busybox's ping has no DF and its nc no UDP, so the node's tools enter the container. */
export function placeOf(name: string, facts: Facts): Place | NotRun {
  if (facts.lab.nodes.some((node) => node.name === name)) return { name, node: name, enter: [] };
  if (!isContainer(name, facts)) return { notRun: `"${name}" is neither a node nor a container of the lab` };
  const node = facts.nodeOf(name);
  const pid = facts.pid(name);
  if (!Number.isInteger(pid) || pid <= 0) return { notRun: `container ${name} does not run on ${node}` };
  return { name, node, enter: ['nsenter', '-t', String(pid), '-n'] };
}

/** Where a place's files are seen from its node, by way of its first process; empty for the node's own. */
export function rootOf(name: string, facts: Facts): string {
  return isContainer(name, facts) ? `/proc/${facts.pid(name)}/root` : '';
}

/** Two commands of one node, the second only where the first went well. */
export function bothOf(first: NodeCommand, second: NodeCommand): NodeCommand {
  return { node: first.node, argv: ['python3', '-c', 'import subprocess, sys; n = int(sys.argv[1]); [subprocess.check_call(words) for words in (sys.argv[2:2 + n], sys.argv[2 + n:])]', String(first.argv.length), ...first.argv, ...second.argv] };
}

/** The family a check asks for; undefined where it leaves that to its addresses. */
export function familyIn(subject: Subject): Family | undefined {
  return subject['family'] === 4 || subject['family'] === 6 ? subject['family'] : undefined;
}

/** The address to ask for; only the form of an address ever becomes a word of a command. */
export function targetOf(name: string, from: string, facts: Facts, family?: Family): string | NotRun {
  if (isContainer(name, facts) && facts.pid(name) <= 0) return { notRun: `container ${name} does not run on ${facts.nodeOf(name)}` };
  const address = facts.address(name, from, family);
  if (address === undefined) return { notRun: `${name} has no ${family === 6 ? 'IPv6 ' : ''}address that ${from} could use` };
  return isAddress(address) ? address : { notRun: `"${address}" is not an address` };
}

export function isAddress(text: string): boolean {
  return canonical(text) !== undefined;
}

/** The node or container an endpoint stands for; for an address, the node the lab gives it to, if any. */
export function ownerOf(endpoint: string, facts: Pick<Facts, 'lab'>): string | undefined {
  const address = canonical(endpoint);
  if (address === undefined) return endpoint;
  const { nodes, links, containers, containerNetworks, containerNetworks6, pipework } = facts.lab;
  return (
    nodes.find((node) => node.attachments.some((attachment) => attachment.address === address || attachment.address6 === address))?.name ??
    links.find((link) => link.addresses.some((cidr) => addressPart(cidr) === address))?.node ??
    containerNetworks.find((network) => addressPart(network.bip) === address)?.node ??
    containerNetworks6.find((network) => network.address === address)?.node ??
    pipework.find((pipe) => addressPart(pipe.address) === address)?.container ??
    containers.find((container) => container.address === address || container.address6 === address)?.name
  );
}

/** The same question put by the target to itself: proof that it is alive. Undefined where the lab does not own the address. */
export function aliveAt(endpoint: string, address: string, facts: Facts, argv: (own: string) => readonly string[]): NodeCommand | undefined {
  const owner = ownerOf(endpoint, facts);
  const place = owner === undefined ? undefined : placeOf(owner, facts);
  if (place === undefined || isNotRun(place)) return undefined;
  return { node: place.node, argv: [...place.enter, ...argv(address)] };
}

/** The reason why a result says nothing about the question; undefined where it does. */
export function notAsked(result: CommandResult): Reading | undefined {
  if (result.code === undefined) return { state: 'not-run', seen: 'the command did not end in time' };
  const complaint = result.stderr.split('\n').find((line) => /^(nsenter|sudo|env|timeout): /.test(line) || /command not found/.test(line));
  if (result.code !== 0 && complaint !== undefined) return { state: 'not-run', seen: complaint.trim() };
  if (result.code === 126 || result.code === 127) return { state: 'not-run', seen: lastLine(result.stderr) || `exit ${result.code}` };
  return undefined;
}

/** The reading of a command that ended well and said what nobody can read. */
export function notUnderstood(who: string, { stdout, stderr }: CommandResult): Reading {
  const said = lastLine(stdout) || lastLine(stderr);
  return { state: 'not-run', seen: said === '' ? `${who} said nothing` : `${who} said: ${said.length > 300 ? `${said.slice(0, 300)}…` : said}` };
}

export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}

/** What a refused or failed connection says, in three words. */
export function connectionWord(message: string): 'refused' | 'timeout' | 'unreachable' | undefined {
  if (/connection refused/i.test(message)) return 'refused';
  if (/timed out/i.test(message)) return 'timeout';
  return /unreachable|no route to host|not permitted|permission denied|network is down|connection reset/i.test(message) ? 'unreachable' : undefined;
}

export function hostPort(address: string, port: string): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** So that a person who meets the rule sees whose it is. */
const LABEL = ['-m', 'comment', '--comment', 'labgen-mutation'];

/** Drops what a place sends to an address, and takes the rule away again. */
export function dropMutation(place: Place, to: string, address: string, match: readonly string[]): Mutation {
  return ruleMutation(place, `drop what ${place.name} sends to ${to}`, 'filter', 'OUTPUT', ['-d', address, ...match, '-j', 'DROP'], familyOf(address));
}

/** Inserts one rule at the top of a chain in a place's network stack; the mend deletes the same rule. */
export function ruleMutation(place: Place, title: string, table: string, chain: string, rule: readonly string[], family: Family = 4): Mutation {
  const command = (verb: string): NodeCommand => ({ node: place.node, argv: [...place.enter, filterTool(family), '-w', '5', '-t', table, verb, chain, ...LABEL, ...rule] });
  return { title, break: command('-I'), mend: command('-D') };
}

const OPEN = 'for rule in "filter FORWARD -d" "filter FORWARD -s" "raw PREROUTING -d" "filter INPUT -s" "filter INPUT -d"; do set -- "$1" "$2" "$3" $rule; "$3" -w 5 -t "$4" "$1" "$5" "$6" "$2" -m comment --comment labgen-mutation -j ACCEPT || code=1; done; exit "${code:-0}"';

/**
 * Opens a closed path on the node where the model says it is closed: where a rule of the lab drops, else where
 * Docker's FORWARD policy does, on the target's node. Undefined where no route leads there: no rule could open that.
 */
export function openMutation(from: string, to: string, address: string, facts: Facts): Mutation | undefined {
  const joined = joinMutation(from, address, facts);
  if (joined) return joined;
  const owner = ownerOf(to, facts);
  const source = ownerOf(from, facts);
  if (owner === undefined || source === undefined) return undefined;
  const [near, far] = [facts.nodeOf(source), facts.nodeOf(owner)];
  if (near !== far && !isRouted(near, address, facts)) return undefined;
  const closes = (node: string): boolean => facts.lab.rules.some((rule) => rule.node === node && (rule.family ?? 4) === familyOf(address) && (rule.action.kind === 'drop' || rule.action.kind === 'reject'));
  const node = closes(far) ? far : closes(near) ? near : isContainer(owner, facts) ? far : undefined;
  if (node === undefined) return undefined;
  const command = (verb: string): NodeCommand => ({ node, argv: ['sh', '-c', OPEN, 'sh', verb, address, filterTool(familyOf(address))] });
  return { title: `accept everything from and to ${to} on ${node}`, break: command('-I'), mend: command('-D') };
}

/** Puts both ends into one VLAN, where a switch keeps them apart by tags: no rule could open that. */
function joinMutation(from: string, address: string, facts: Facts): Mutation | undefined {
  const { pipework } = facts.lab;
  const far = pipework.find((pipe) => addressPart(pipe.address) === address);
  const near = pipework.find((pipe) => pipe.container === from && pipe.node === far?.node && pipe.bridge === far.bridge);
  if (!far || !near || near.vlan === far.vlan) return undefined;
  const tag = (vlan: number | undefined) => ({ node: far.node, argv: ['ovs-vsctl', '--timeout=10', ...(vlan === undefined ? ['clear', 'port', far.port, 'tag'] : ['set', 'port', far.port, `tag=${vlan}`])] });
  return { title: `put ${far.port} into the VLAN of ${near.port}`, break: tag(near.vlan), mend: tag(far.vlan) };
}

function isRouted(node: string, address: string, facts: Facts): boolean {
  const attached = facts.lab.networks.filter((network) => facts.lab.nodes.some((each) => each.name === node && each.attachments.some((at) => at.network === network.name)));
  return attached.some((network) => [network.subnet, network.subnet6 ?? ''].some((cidr) => holds(cidr, address))) || facts.lab.routes.some((route) => route.node === node && (holds(route.to, address) || (route.to === 'default' && familyOf(address) === 4)));
}
