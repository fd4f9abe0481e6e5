/** Pipework as values: for each container and each of its interfaces, what is plugged in where. */
import { createHash } from 'node:crypto';
import type { Ground } from '../../model/ground.js';
import type { HandoutPart, Pipework } from '../../model/lab.js';
import { isTree, type Tree } from '../../model/merge.js';
import type { Path } from '../../model/problem.js';
import { macOf, spotsOf, type Spot } from '../bridges/spots.js';
import { containerSources, hostsOf, nameOn } from '../containers/resolve.js';
import type { Contributions } from '../feature.js';

/** One interface as written, with its place; a sole one needs no list. */
export interface Written {
  readonly container: string;
  readonly value: Tree;
  readonly pipe: Tree;
  readonly path: Path;
}

export function writtenPipes(source: Tree): readonly Written[] {
  return containerSources(source).flatMap(({ name, value }) => {
    const said = value['pipework'];
    const path: Path = ['containers', name, 'pipework'];
    const list: readonly (readonly [unknown, Path])[] = Array.isArray(said) ? (said as unknown[]).map((each, index) => [each, [...path, index]]) : [[said, path]];
    return list.flatMap(([pipe, at]) => (isTree(pipe) ? [{ container: name, value, pipe, path: at }] : []));
  });
}

/** Interfaces that can be plugged in; a bridge that is not there is the rules' business. */
export function resolvePipework(ground: Ground): Contributions {
  const spots = spotsOf(ground);
  const pipework = writtenPipes(ground.source).flatMap(({ container, value, pipe }) =>
    hostsOf(ground, value).flatMap((node): Pipework[] => {
      const spot = spots.find((each) => each.node === node && each.bridge === pipe['bridge']);
      return spot === undefined ? [] : [plug(nameOn(container, value, node), spot, pipe)];
    }),
  );
  return { pipework, handout: pipework.length === 0 ? [] : handout(pipework) };
}

function plug(container: string, spot: Spot, pipe: Tree): Pipework {
  const name = String(pipe['interface'] ?? 'eth1');
  const address = String(pipe['address']);
  return {
    container,
    node: spot.node.name,
    bridge: spot.bridge,
    bridgeKind: spot.kind,
    interface: name,
    port: portName(container, name),
    address,
    gateway: typeof pipe['gateway'] === 'string' ? pipe['gateway'] : undefined,
    mac: typeof pipe['mac'] === 'string' ? pipe['mac'].toLowerCase() : macOf(address),
    vlan: typeof pipe['vlan'] === 'number' ? pipe['vlan'] : undefined,
  };
}

/** The same in labgen-pipework.sh. A container's name has no underscore, so no two names meet; 15 characters are the kernel's limit. */
export function portName(container: string, name: string): string {
  const plain = `pw-${container}${name === 'eth1' ? '' : `_${name}`}`;
  return plain.length <= 15 ? plain : `pw-${createHash('sha256').update(`${container} ${name}`).digest('hex').slice(0, 12)}`;
}

/** In the words of pipework: BRIDGE -i INTERFACE CONTAINER ADDRESS/PREFIX[@GATEWAY] MAC[@VLAN]. */
export function pipeWords(pipe: Pipework): readonly string[] {
  return [
    pipe.bridge,
    ...(pipe.interface === 'eth1' ? [] : ['-i', pipe.interface]),
    pipe.container,
    `${pipe.address}${pipe.gateway === undefined ? '' : `@${pipe.gateway}`}`,
    `${pipe.mac}${pipe.vlan === undefined ? '' : `@${pipe.vlan}`}`,
  ];
}

function handout(pipework: readonly Pipework[]): HandoutPart[] {
  const [first] = pipework;
  return [{
    title: 'Interfaces from outside Docker',
    lines: [
      'A container is a process in a network namespace of its own, and a namespace takes any interface. `labgen-pipework.sh` makes a virtual cable (a veth pair), leaves one end on the node as a port of a bridge, and puts the other one into the container\'s namespace with an address and, if wanted, a default route. Docker knows nothing of it: `docker inspect` shows no such address.',
      `By hand, in the words of the old pipework: \`sudo /var/lib/labgen/labgen-pipework.sh ${first ? pipeWords(first).join(' ') : ''}\`. Doing it twice changes nothing; with another name it works for a container you started yourself (\`docker run --network none …\`).`,
      'The interface ends with the container. labgen-pipework.service listens to `docker events` and plugs it in again at each start, also after a restart of dockerd and a reboot; the original script had to be run again by hand. What you plug in by hand yourself is not remembered.',
      `Look at it: \`sudo nsenter -t $(docker inspect -f '{{.State.Pid}}' ${first?.container ?? 'NAME'}) -n ip addr\`, and on the node \`ip -brief link show type veth\`, \`sudo /var/lib/labgen/labgen-pipework.sh status\`.`,
    ],
  }];
}
