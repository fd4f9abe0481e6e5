/** docker-networks: user-defined networks of the nodes' Docker. */
import type { CheckRequest } from '../../model/check.js';
import type { Lab } from '../../model/lab.js';
import type { Feature } from '../feature.js';
import { bridgeNamesFit } from './bridge-names.js';
import { resolveDockerNetworks } from './resolve.js';
import { gatewayIsInside, namesAreFree, nodesHaveDocker, subnetsStandApart, usersAreOnItsNodes } from './rules.js';
import { gateway6IsInside, mtu6Passes, subnets6StandApart } from './rules6.js';
import { dockerNetworksSchema } from './schema.js';

export const feature: Feature = {
  name: 'docker-networks',
  blocks: { dockerNetworks: dockerNetworksSchema },
  // Where nobody says the nodes, they are those of the containers on it.
  after: ['containers'],
  rules: [namesAreFree, nodesHaveDocker, subnetsStandApart, gatewayIsInside, usersAreOnItsNodes, bridgeNamesFit, subnets6StandApart, gateway6IsInside, mtu6Passes],
  resolve: resolveDockerNetworks,
  checks,
};

function checks(lab: Lab): readonly CheckRequest[] {
  return lab.containers
    .filter((container) => lab.dockerNetworks.some((network) => network.name === container.network && network.node === container.node))
    .flatMap((container): readonly CheckRequest[] => {
      const at = (key: string): CheckRequest['subject'] => ({ container: container.name, path: `NetworkSettings.Networks.${container.network}.${key}` });
      const given = ([['IPAddress', container.address], ['GlobalIPv6Address', container.address6]] as const).filter(([, value]) => value !== undefined);
      return [
        { kind: 'docker', subject: at('NetworkID'), why: `${container.name} is on the network ${container.network}.` },
        ...given.map(([key, value]): CheckRequest => ({ kind: 'docker', subject: at(key), expect: { is: 'value', value: value ?? '' }, why: `${container.name} asks for this address.` })),
      ];
    });
}
