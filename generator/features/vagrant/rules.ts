/** What Vagrant and its providers need for themselves. */
import { parseCidr } from '../../model/ipv4.js';
import { memoryShortage } from '../../model/memory.js';
import { hostOnlyRanges, isHostOnly, managementOver } from '../../model/vagrant-ranges.js';
import type { RuleContext } from '../feature.js';
import { writtenSubnets } from './written-subnets.js';

/** A node has one way to each address: with a network of its own there, it would answer Vagrant into it. */
export function vagrantKeepsItsNetworks(context: RuleContext): void {
  for (const { cidr, path } of writtenSubnets(context.source)) {
    const subnet = parseCidr(cidr)?.subnet;
    const taken = subnet && context.isSound(path) ? managementOver(subnet) : undefined;
    if (taken) context.error('LG037', path, `${cidr} overlaps ${taken.cidr}, ${taken.whose}`, 'A node would not know which way to answer Vagrant; use other addresses.');
  }
}

/** Told where VirtualBox is named or chosen: every other provider takes any subnet. */
export function hostOnlyFits(context: RuleContext): void {
  const { provider, networksConf = '' } = context.host;
  if (provider !== 'virtualbox') return;
  const ranges = hostOnlyRanges(networksConf);
  for (const network of context.ground.networks) {
    const path = ['networks', network.name, 'subnet'];
    const subnet = parseCidr(network.subnet)?.subnet;
    if (subnet && !isHostOnly(subnet, ranges) && context.isSound(path)) context.warning('LG036', path, `VirtualBox refuses ${network.subnet}: host-only networks have to lie in 192.168.56.0/21`, 'Use a subnet in 192.168.56.0 to 192.168.63.255, or another provider, or /etc/vbox/networks.conf.');
  }
}

/** Nodes of the docker provider are containers: they take what they use. */
export function memoryFits(context: RuleContext): void {
  const { provider, memory = 0 } = context.host;
  const shortage = provider === 'docker' ? undefined : memoryShortage(context.ground.nodes, memory);
  if (shortage && context.isSound(['nodes'])) context.warning('LG184', shortage.path, shortage.message, shortage.hint);
}
