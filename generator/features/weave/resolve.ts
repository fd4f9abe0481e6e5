/** weave as values: a router for each node, kernel modules, name servers of containers. */
import type { Ground } from '../../model/ground.js';
import type { DaemonFlag, HandoutPart, KernelModule, WeaveRouter } from '../../model/lab.js';
import type { Contributions, SoFar } from '../feature.js';
import { FASTDP_OVERHEAD, weaveRouters } from './settings.js';

export function resolveWeave(ground: Ground, soFar: SoFar): Contributions {
  const routers = weaveRouters(ground, soFar.containers);
  return {
    weaveRouters: routers,
    weaveLeavers: ground.blocks.includes('weave') ? ground.nodes.filter((node) => node.docker && !routers.some((router) => router.node === node.name)).map((node) => node.name) : [],
    artifactUses: routers.flatMap(({ node, script, images }) => [script, ...(images === undefined ? [] : [images])].map((artifact) => ({ node, artifact }))),
    modules: routers.flatMap(modulesOf),
    daemonFlags: routers.flatMap(({ node }): DaemonFlag[] => {
      // weave's name server listens on docker0, and passes on what it does not know.
      const bridge = soFar.containerNetworks.find((each) => each.node === node)?.bip.split('/')[0] ?? '172.17.0.1';
      return [{ node, name: 'dns', value: bridge }, { node, name: 'dns-search', value: 'weave.local.' }];
    }),
    handout: routers.slice(0, 1).map(handoutPart),
    secrets: routers.slice(0, 1).flatMap(({ password }) => password ?? []),
  };
}

function modulesOf({ node, fastDatapath, iptables, password }: WeaveRouter): KernelModule[] {
  const need = (why: string, ...names: string[]): KernelModule[] => names.map((name) => ({ node, name, why }));
  return [
    ...need('weave finds the MTU by a dummy interface', 'dummy'),
    ...(fastDatapath ? need("weave's fast datapath", 'openvswitch', 'vxlan') : []),
    ...(fastDatapath && password !== undefined ? need("weave's fast datapath is encrypted by IPsec", 'xfrm_user', 'esp4') : []),
    ...(iptables === 'legacy' ? need('a container cannot load what iptables-legacy needs', 'ip_tables', 'iptable_filter', 'iptable_nat', 'iptable_mangle') : []),
  ];
}

function handoutPart({ version, publisher, iptables, range, password, fastDatapath, mtu, underlay }: WeaveRouter): HandoutPart {
  return {
    title: 'The weave network',
    lines: [
      `Each node runs a router (a container, ${publisher} ${version}). Containers attached to it have a second interface, ethwe, with an address in ${range}, and a name in weave.local that every node knows.`,
      `Packets between nodes ${fastDatapath ? 'stay in the kernel (fastdp: openvswitch and VXLAN, UDP 6784)' : 'pass the routers themselves (sleeve, UDP 6783)'}; routers talk over TCP 6783.${password === undefined ? '' : ' Both are encrypted with the password of the lab.'}`,
      ...(mtu === undefined ? [] : [`VXLAN takes 50 bytes of a packet and encryption 34, and weave wants a multiple of 4: ${underlay} - ${FASTDP_OVERHEAD} = ${underlay - FASTDP_OVERHEAD}, so ethwe has an MTU of ${mtu} (\`WEAVE_MTU\`).`]),
      'Look at it: `sudo /var/lib/labgen/labgen-weave.sh status`, and `… connections`.',
      iptables === 'legacy'
        ? 'These images carry iptables-legacy. Beside a Docker that writes by nft, its policy DROP would win over their rules: the nodes are switched to legacy before Docker starts.'
        : 'These images write by nft, as the nodes do.',
      `The company behind weave closed in 2024. Up to 2.8.1 it asks Docker for an API that Docker 25 no longer answers; the fork ReWeave (2.9.0) goes on.`,
    ],
  };
}
