/** What makes a weave network impossible. */
import { formatSubnet, overlap, parseCidr } from '../../model/ipv4.js';
import { isTree } from '../../model/merge.js';
import { hostsOf, nameOn } from '../containers/resolve.js';
import type { RuleContext } from '../feature.js';
import { isOld, membersOf, settingsOf, underlayOf, type Settings } from './settings.js';

/** Calls on only where the block is there, and the keys the rule reads are sound. */
const where = (keys: readonly string[], rule: (context: RuleContext, settings: Settings, written: Readonly<Record<string, unknown>>) => void) => (context: RuleContext): void => {
  const settings = settingsOf(context.source);
  if (settings && keys.every((key) => context.isSound(['weave', key]))) rule(context, settings, context.source['weave'] as Record<string, unknown>);
};

export const nodesExist = where(['nodes'], (context, { nodes = [] }) => {
  nodes.forEach((name, index) => {
    const members = context.ground.members(name);
    if (!members) context.error('LG040', ['weave', 'nodes', index], `there is no node "${name}"`, context.nearest(name, context.ground.names, 'node'));
    else if (members.some((node) => !node.docker)) context.error('LG052', ['weave', 'nodes', index], `"${name}" has no Docker, in which weave runs`, `Take "docker: false" from ${name}, or leave it out here.`);
  });
});

export const artifactsExist = where(['script', 'images'], (context, { script, images }, written) => {
  const known = Object.keys(isTree(context.source['artifacts']) ? context.source['artifacts'] : {});
  for (const [key, name] of [['script', script], ['images', images]] as const) {
    if (name === undefined || known.includes(name)) continue;
    context.error('LG040', ['weave', ...(written[key] === undefined ? [] : [key])], `there is no artifact "${name}"`, `No distribution packages weave: name its ${key} under "artifacts:", with version and SHA-256.${known.length > 0 ? ` Known are: ${known.join(', ')}.` : ''}`);
  }
});

export const versionsFit = where(['version', 'iptables'], (context, settings, written) => {
  const old = isOld(settings.version);
  const at = (key: string): readonly string[] => ['weave', ...(written[key] === undefined ? [] : [key])];
  if (old && settings.iptables === 'nft') context.error('LG140', at('iptables'), `the images of weave ${settings.version} carry iptables-legacy only`, 'Use "legacy", or version 2.9.0.');
  if (!old && settings.iptables === 'legacy') context.error('LG140', at('iptables'), `the router of weave ${settings.version} writes by nft, whatever it is told`, 'Use "nft", or version 2.8.1.');
  const modern = membersOf(context.ground, settings).find((node) => node.dockerPackage === 'ce');
  if (old && modern) context.error('LG140', ['nodes', modern.group, 'docker', 'package'], `weave ${settings.version} asks Docker for version 1.18 of its API, which docker-ce (25 and later) refuses`, 'Use "package: distribution", or weave version 2.9.0.');
});

export const rangeIsFree = where(['range'], (context, settings) => {
  const parsed = parseCidr(settings.range);
  if (!parsed) return;
  const at = ['weave', 'range'];
  if (parsed.address !== parsed.subnet.base) context.error('LG030', at, `${settings.range} has host bits set`, `Give the network itself: ${formatSubnet(parsed.subnet)}.`);
  const clash = context.ground.networks.find((network) => {
    const other = parseCidr(network.subnet)?.subnet;
    return other && overlap(other, parsed.subnet);
  });
  if (clash) context.error('LG031', at, `${settings.range} overlaps the network "${clash.name}" (${clash.subnet})`, 'weave needs addresses of its own; choose another range.');
});

export const oneUnderlay = where(['nodes'], (context, settings) => {
  if (context.isSound(['networks']) && context.isSound(['nodes']) && underlayOf(context.ground, settings) === undefined) context.error('LG140', ['weave'], 'the nodes of weave share no network of the lab', 'Put them on one network, or name fewer "nodes".');
});

export const attachedExist = where(['attach', 'nodes'], (context, settings) => {
  const containers = isTree(context.source['containers']) ? context.source['containers'] : {};
  const members = membersOf(context.ground, settings);
  for (const name of Object.keys(settings.attach)) {
    const at = ['weave', 'attach', name];
    const container = containers[name];
    const alone = Object.entries(containers).some(([group, value]) => isTree(value) && hostsOf(context.ground, value).some((node) => nameOn(group, value, node) === name));
    if (!isTree(container)) {
      if (!alone) context.error('LG040', at, `there is no container "${name}"`, context.nearest(name, Object.keys(containers), 'container'));
      continue;
    }
    const outside = (context.ground.members(String(container['node'])) ?? []).find((node) => !members.includes(node));
    if (outside) context.error('LG140', at, `"${name}" is on ${outside.name}, which has no weave router`, `Add "${outside.name}" to "weave.nodes".`);
    else if (/^(host|container:.*)$/.test(String(container['network'] ?? ''))) context.error('LG140', at, `"${name}" has no network of its own`, 'Attach the one whose network it shares, or take "network" away.');
  }
});
