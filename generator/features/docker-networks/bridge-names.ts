/** The interface a Docker network is on its nodes, where the lab names it. */
import { isTree } from '../../model/merge.js';
import type { RuleContext } from '../feature.js';
import { containerSources, hostsOf } from '../containers/resolve.js';
import { takenInterfaces } from '../taken-interfaces.js';
import { tunnelInterfaces } from '../tunnels/ends.js';
import { networkSources, nodesOf } from './resolve.js';

const OPTION = 'com.docker.network.bridge.name';

/** A bridge of the lab's own may be named: Docker then uses that one. */
export function bridgeNamesFit(context: RuleContext): void {
  const networks = networkSources(context.source).flatMap(({ name, value }) => {
    const options = isTree(value['options']) ? value['options'] : {};
    return options[OPTION] === undefined ? [] : [{ name, value, bridge: String(options[OPTION]), path: ['dockerNetworks', name, 'options', OPTION] }];
  });
  if (networks.length === 0) return;
  const system = takenInterfaces(context.ground);
  const tunnels = tunnelInterfaces(context.ground);
  const owners = new Map<string, string>();
  for (const { name, value, bridge, path } of networks) {
    if (!context.isSound(path)) continue;
    if (bridge.length > 15) context.error('LG061', path, `the interface "${bridge}" has ${bridge.length} characters, and the kernel takes 15`, 'Choose a shorter name.');
    const nodes = nodesOf(context.ground, value) ?? containerSources(context.source).filter((each) => each.value['network'] === name).flatMap((each) => hostsOf(context.ground, each.value).map((node) => node.name));
    for (const node of nodes.flatMap((each) => context.ground.node(each) ?? [])) {
      const key = `${node.name} ${bridge}`;
      const owner = system(node).get(bridge) ?? tunnels.get(key) ?? owners.get(key);
      if (owner !== undefined && owner !== `the Docker network "${name}"`) context.error('LG061', path, `the interface "${bridge}" on ${node.name} is taken by ${owner}`, 'Choose another name.');
      owners.set(key, `the Docker network "${name}"`);
    }
  }
}
