/** What iptables would refuse, said before it does. */
import { canonical, hostPrefix, networkOf } from '../../model/family.js';
import { isTree, type Tree } from '../../model/merge.js';
import type { Path } from '../../model/problem.js';
import type { RuleContext } from '../feature.js';
import { interfacesHint, isNamedByOthers, nodeInterfaces } from '../node-interfaces.js';
import { addressIn, givenAddresses, givenSides } from './families.js';
import { firewallSources } from './resolve.js';
import { doubtfulTarget, parseTarget } from './target.js';

/** Hooks each table has. Source: iptables(8). */
const HOOKS: Readonly<Record<string, readonly string[]>> = {
  filter: ['input', 'forward', 'output'],
  nat: ['prerouting', 'input', 'output', 'postrouting'],
  raw: ['prerouting', 'output'],
  mangle: ['prerouting', 'input', 'forward', 'output', 'postrouting'],
};

/** Table and hooks an action is for; other actions are for all. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  masquerade: ['nat postrouting'],
  snat: ['nat postrouting', 'nat input'],
  dnat: ['nat prerouting', 'nat output'],
  reject: ['filter input', 'filter forward', 'filter output'],
};

export function rulesFit(context: RuleContext): void {
  firewallSources(context.source).forEach((source, index) => {
    const path = ['firewall', index];
    if (!context.isSound(path)) return;
    const node = String(source['node']);
    if (!context.ground.members(node)) context.error('LG040', [...path, 'node'], `there is no node "${node}"`, context.nearest(node, context.ground.names, 'node'));
    const problem = misfit(source);
    if (problem) context.error('LG080', [...path, problem.key], problem.message, problem.hint);
    for (const key of ['source', 'destination']) sideExists(context, source, key, [...path, key]);
    if (problem?.key !== 'to') targetExists(context, source, [...path, 'to']);
    oneFamily(context, source, path);
  });
}

function misfit(source: Tree): { key: string; message: string; hint: string } | undefined {
  const table = String(source['table'] ?? 'filter');
  const hook = String(source['hook']);
  const action = String(source['action']);
  const hooks = HOOKS[table] ?? [];
  if (!hooks.includes(hook)) return { key: 'hook', message: `the table "${table}" has no hook "${hook}"`, hint: `It has: ${hooks.join(', ')}.` };
  const places = ACTIONS[action];
  if (places && !places.includes(`${table} ${hook}`)) return { key: 'action', message: `"${action}" does not work in ${table} ${hook}`, hint: `It works in: ${places.join(', ')}.` };
  if ((action === 'dnat' || action === 'snat') && source['to'] === undefined) return { key: 'to', message: `"${action}" needs the new address`, hint: 'Add "to: ADDRESS:PORT".' };
  if (source['to'] !== undefined && action !== 'dnat' && action !== 'snat') return { key: 'to', message: `"to" is for dnat and snat, not for "${action}"`, hint: 'Take it away; where packets go to is "destination".' };
  const given = source['port'] !== undefined ? 'port' : source['sourcePort'] !== undefined ? 'sourcePort' : source['to'] !== undefined && parseTarget(String(source['to'])).port !== undefined ? 'to' : undefined;
  if (given !== undefined && source['protocol'] !== 'tcp' && source['protocol'] !== 'udp') return { key: given, message: 'a port needs "protocol: tcp" or "protocol: udp"', hint: 'Add the protocol.' };
  const inside = ['output', 'postrouting'].includes(hook) ? 'in' : ['input', 'prerouting'].includes(hook) ? 'out' : undefined;
  if (inside && source[inside] !== undefined) return { key: inside, message: `"${inside}" is not known at the hook "${hook}"`, hint: `Use "${inside === 'in' ? 'out' : 'in'}", or another hook.` };
  return undefined;
}

function sideExists(context: RuleContext, source: Tree, key: string, path: Path): void {
  const value = source[key];
  if (value === undefined) return;
  const text = String(value);
  if (context.ground.node(text) || canonical(text) !== undefined) return;
  const cidr = networkOf(text);
  if (!cidr) context.error('LG040', path, `"${text}" is neither a node nor an address`, context.nearest(text, context.ground.nodes.map((each) => each.name), 'node'));
  else if (!cidr.isItself && cidr.prefix < hostPrefix(text)) context.error('LG030', path, `${text} has host bits set`, `Give the network itself: ${cidr.network}.`);
}

function targetExists(context: RuleContext, source: Tree, path: Path): void {
  if (source['to'] === undefined) return;
  const text = String(source['to']);
  const { host, port } = parseTarget(text);
  const doubt = doubtfulTarget(text);
  if (port !== undefined && (port < 1 || port > 65535)) context.error('LG014', path, `${port} in "${text}" is not a port`, 'Ports go from 1 to 65535.');
  else if (doubt) context[doubt.isNobodys ? 'error' : 'warning']('LG015', path, `"${text}" is an IPv6 address without a port`, `Write "[${doubt.address}]:${doubt.port}" for the port ${doubt.port}, or "[${text}]" for the address.`);
  else if (canonical(host) === undefined && !context.ground.node(host)) context.error('LG040', path, `"${host}" is neither a node nor an address`, targetHint(context, host));
}

function targetHint(context: RuleContext, host: string): string {
  if (isTree(context.source['containers']) && Object.hasOwn(context.source['containers'], host)) return 'Docker chooses the address of a container; write the address it has, such as 172.17.0.2.';
  if (context.ground.members(host)) return `It stands for several nodes; write one: ${(context.ground.members(host) ?? []).slice(0, 12).map((node) => node.name).join(', ')}.`;
  return context.nearest(host, context.ground.nodes.map((each) => each.name), 'node');
}

/** A packet is of one family, and so is the rule it meets. */
function oneFamily(context: RuleContext, source: Tree, path: Path): void {
  const given = givenAddresses(context.ground, source).filter(({ key, text }) => context.isSound([...path, key]) && (canonical(text) ?? networkOf(text)) !== undefined);
  const family = source['family'] ?? given[0]?.family;
  const other = given.find((each) => each.family !== family);
  if (other) context.error('LG172', [...path, other.key], `${other.text} is an address of IPv${other.family}, and the rule is for IPv${String(family)}`, 'Write a rule for each family.');
  else if (family === 6) {
    const nameless = givenSides(source).find(({ text }) => context.ground.node(text) && addressIn(context.ground, text, 6) === undefined);
    if (nameless !== undefined && context.isSound(['nodes']) && context.isSound(['networks'])) context.error('LG172', [...path, nameless.key], `"${nameless.text}" has no IPv6 address, and the rule is for IPv6`, 'Give its network a "subnet6", or say "family: 4".');
  }
}

/** What other stages may have brought: there the rule meets packets. */
const MAKERS: readonly string[] = ['bridges', 'tunnels', 'dockerNetworks', 'swarm', 'weave', 'flannel'];

/** iptables takes any name, and the rule waits for an interface that never comes. */
export function interfacesAreThere(context: RuleContext): void {
  if (['nodes', 'groups', 'networks', ...MAKERS].some((block) => !context.isSound([block]))) return;
  if (MAKERS.some((block) => context.ground.blocks.includes(block) && context.source[block] === undefined)) return;
  const interfacesOf = nodeInterfaces(context.ground);
  firewallSources(context.source).forEach((source, index) => {
    for (const key of ['in', 'out']) {
      const [name, path] = [source[key], ['firewall', index, key]];
      const nodes = typeof name === 'string' && !isNamedByOthers(name) && context.isSound(['firewall', index]) ? context.ground.members(String(source['node'])) ?? [] : [];
      const [first] = nodes;
      if (typeof name !== 'string' || !first || nodes.some((node) => interfacesOf(node).names.has(name))) continue;
      context.warning('LG080', path, `"${String(source['node'])}" has no interface "${name}", and the rule never matches`, interfacesHint(interfacesOf(first)));
    }
  });
}
