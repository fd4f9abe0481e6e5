/** docker-networks: user-defined networks of the nodes' Docker. */
import type { CheckRequest } from '../../model/check.js';
import type { Lab } from '../../model/lab.js';
import type { Feature } from '../feature.js';
import { bridgeNamesFit } from './bridge-names.js';
import { resolveDockerNetworks } from './resolve.js';
import { gatewayIsInside, namesAreFree, nodesHaveDocker, subnetsStandApart, usersAreOnItsNodes } from './rules.js';
import { dockerNetworksSchema } from './schema.js';

export const feature: Feature = {
  name: 'docker-networks',
  blocks: { dockerNetworks: dockerNetworksSchema },
  // Where nobody says the nodes, they are those of the containers on it.
  after: ['containers'],
  rules: [namesAreFree, nodesHaveDocker, subnetsStandApart, gatewayIsInside, usersAreOnItsNodes, bridgeNamesFit],
  resolve: resolveDockerNetworks,
  checks,
};

function checks(lab: Lab): readonly CheckRequest[] {
  return lab.containers
    .filter((container) => lab.dockerNetworks.some((network) => network.name === container.network && network.node === container.node))
    .map((container) => ({ kind: 'docker', subject: { container: container.name, path: `NetworkSettings.Networks.${container.network}.NetworkID` }, why: `${container.name} is on the network ${container.network}.` }));
}
