/** What Vagrant and its providers need for themselves. */
import { parseCidr } from '../../model/ipv4.js';
import type { Network } from '../../model/lab.js';
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

/** Told where VirtualBox is named: every other provider takes any subnet. */
export function hostOnlyFits(context: RuleContext): void {
  if (context.provider !== 'virtualbox') return;
  for (const network of networksRefused(context.ground.networks)) {
    const path = ['networks', network.name, 'subnet'];
    if (context.isSound(path)) context.warning('LG036', path, `VirtualBox refuses ${network.subnet}: host-only networks have to lie in 192.168.56.0/21`, 'Use a subnet in 192.168.56.0 to 192.168.63.255, or another provider, or /etc/vbox/networks.conf.');
  }
}

/** Networks of a lab that VirtualBox does not make. `networksConf`: what /etc/vbox/networks.conf of its machine says. */
export function networksRefused(networks: readonly Network[], networksConf = ''): readonly Network[] {
  const ranges = hostOnlyRanges(networksConf);
  return networks.filter((network) => {
    const subnet = parseCidr(network.subnet)?.subnet;
    return subnet && !isHostOnly(subnet, ranges);
  });
}
