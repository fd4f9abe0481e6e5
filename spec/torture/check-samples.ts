/** What the commands of each kind of check really say, and a question they answer. */
import type { CheckKind, Expectation, Facts, Subject } from '../../generator/model/check.js';
import { features } from '../../generator/plan/pipeline.js';
import { container, labOf, pipe, swarmOf } from '../verify/fakes.js';

export interface Sample {
  readonly subject: Subject;
  readonly expect?: Expectation;
  /** What the command says, or where there is one the observer. */
  readonly says: readonly string[];
  /** Whether it can be told from noise: then noise is never taken for a good answer. */
  readonly told: boolean;
}

const addr = '[{"ifindex":2,"ifname":"eth1","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"mtu":1500,"qdisc":"fq_codel","operstate":"UP","link_type":"ether","address":"52:54:00:aa:bb:cc","linkinfo":{"info_kind":"gre","info_data":{"remote":"10.0.0.2"}},"addr_info":[{"family":"inet","local":"10.0.0.1","prefixlen":24,"scope":"global"},{"family":"inet6","local":"fe80::1","prefixlen":64}]}]';
const inspect = '[{"Id":"0a","Name":"/c1","State":{"Status":"running","Running":true,"Pid":4711},"Config":{"Labels":{"a.b":"c"}},"HostConfig":{"NetworkMode":"bridge"},"NetworkSettings":{"IPAddress":"172.17.0.2","Networks":{"bridge":{"IPAddress":"172.17.0.2","GlobalIPv6Address":"fd00::2"}}}}]';
const pinged = 'PING 10.0.0.2 (10.0.0.2) 56(84) bytes of data.\n64 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=0.4 ms\nFrom 10.0.0.1 icmp_seq=2 Frag needed and DF set (mtu = 1476)\n\n--- 10.0.0.2 ping statistics ---\n2 packets transmitted, 2 received, 0% packet loss, time 200ms\n';

export const SAMPLES: Readonly<Record<string, Sample>> = {
  interface: { subject: { node: 'net-1', name: 'eth1', mtu: 1500, address: '10.0.0.1/24', up: true, kind: 'gre' }, says: [addr], told: true },
  route: { subject: { node: 'net-1', to: '10.0.0.2' }, says: ['[{"dst":"10.0.0.2","dev":"eth1","prefsrc":"10.0.0.1","flags":[],"uid":0,"cache":[]}]', '[{"type":"unreachable","dst":"10.9.0.1"}]'], told: true },
  bridge: { subject: { node: 'net-1', name: 'docker0', port: 'c1', learned: true }, says: ['{"there":true,"ports":["veth1","veth2"],"port":"veth1","mac":"02:42:ac:11:00:02","learned":["veth1"]}', '{"there":false}'], told: true },
  docker: { subject: { container: 'c1', path: 'NetworkSettings.Networks.bridge.IPAddress' }, says: [inspect], told: true },
  lease: { subject: { node: 'net-1' }, says: ['{"lease":"10.100.7.0/24","has":["10.100.7.1/24"],"mtu":1450}'], told: true },
  ovs: { subject: { node: 'net-1', bridge: 'sw0', port: 'pw-c1', tag: 10 }, says: ['pw-c1|10|[]\npw-c2|[]|"could not open network device old (No such device)"\n'], told: true },
  fdb: { subject: { container: 'c1' }, says: ['02:42:0a:09:00:01 dev pw-c1 master br0\n33:33:00:00:00:01 dev pw-c1 self permanent\n', '"pw-c1",3\nbr0,65534\n port  VLAN  MAC                Age\n    3    10  02:42:0a:09:00:01    1\n'], told: true },
  namespace: { subject: { a: 'c1', b: 'c2' }, says: ['net:[4026532512]\nnet:[4026532512]\n'], told: true },
  dns: { subject: { from: 'c1', name: 'db' }, says: ['127.0.0.11 172.17.0.9 172.17.0.3\n', 'hosts 10.0.0.2\n'], told: true },
  hosts: { subject: { node: 'net-1', name: 'db' }, says: ['127.0.0.1 localhost\n# ours\n10.0.0.2\tdb db.lab # the other\n'], told: true },
  swarm: { subject: { node: 'net-1' }, says: ['net-1|Ready|Active|Leader\nnet-2|Down|Drain|\n'], told: true },
  replicas: { subject: { service: 'my-nginx' }, says: ['3\nnet-1 Running 5 minutes ago\nnet-2 Preparing 2 seconds ago\n'], told: true },
  weave: { subject: { node: 'net-1', connections: 1 }, says: ['-> 192.168.56.12:6783   established encrypted   fastdp 02:6c:00:00:00:01(host-2) encrypted=true mtu=1376\n<- 10.0.0.9:4000 failed cannot connect\n'], told: true },
  sysctl: { subject: { node: 'net-1', key: 'net.ipv4.ip_forward' }, says: ['1\n', '32768\t60999\n'], told: false },
  iptables: { subject: { node: 'net-1', chain: 'FORWARD', policy: 'DROP' }, says: ['-P FORWARD DROP\n-A FORWARD -j DOCKER-USER\n-A FORWARD -m comment --comment "a \\"b\\"" -j ACCEPT\n'], told: true },
  counter: { subject: { node: 'net-1', chain: 'DOCKER', rule: '-j DNAT', from: 'net-2', to: 'net-1', port: 8080 }, says: ['ready\n12 15\n'], told: true },
  daemon: { subject: { node: 'net-1', flag: 'mtu' }, says: ['/usr/bin/dockerd\n-H\nfd://\n--mtu=1476\n--debug\n'], told: true },
  service: { subject: { node: 'net-1', name: 'docker' }, says: ['Result=success\nLoadState=loaded\nActiveState=active\nSubState=running\n'], told: true },
  env: { subject: { container: 'c1', name: 'DB_PORT' }, says: ['PATH=/bin\0DB_PORT=tcp://172.17.0.5:3306\0HOME=/\0'], told: true },
  file: { subject: { node: 'net-1', path: '/etc/hostname' }, says: ['net-1\n'], told: false },
  command: { subject: { node: 'net-1', run: 'docker info' }, says: ['overlay2\n'], told: false },
  http: { subject: { from: 'net-1', to: 'net-2' }, says: ['hello\n200', '\n404'], told: true },
  ping: { subject: { from: 'net-1', to: 'net-2' }, says: [pinged], told: false },
  mtu: { subject: { from: 'net-1', to: 'net-2', bytes: 1476 }, says: [pinged], told: false },
  tcp: { subject: { from: 'net-1', to: 'net-2', port: 80 }, says: ['bash: connect: Connection refused\nbash: /dev/tcp/10.0.0.2/80: Connection refused\n'], told: false },
  udp: { subject: { from: 'net-1', to: 'net-2', port: 7 }, says: ['hello\n'], told: false },
  source: { subject: { from: 'c1', to: 'c2', seenAs: 'c1' }, says: ['ready\n172.17.0.2\n'], told: true },
  carried: { subject: { from: 'c1', to: 'c2' }, says: ['3 gre 10.0.0.1\n'], told: true },
};

export const kinds: readonly CheckKind[] = features.flatMap((feature) => feature.checkKinds ?? []);

export const lab = {
  ...labOf([container('c1', 'net-1'), container('c2', 'net-1'), container('shares', 'net-1', 'container:c1')], [pipe('c1', 'net-1', '10.9.0.1/24')]),
  swarms: [swarmOf('net-1', 'net-2')],
  flannelNodes: [{ node: 'net-1', on: true, address: '10.0.0.1', etcd: { node: 'net-1', address: '10.0.0.1' }, mtu: 1450 }],
} as unknown as ReturnType<typeof labOf>;

export const facts: Facts = {
  lab,
  nodeOf: (name) => (/^c\d/.test(name) ? 'net-1' : name),
  pid: (name) => ({ c1: 100, c2: 200 })[name] ?? 0,
  address: (name) => ({ 'net-1': '10.0.0.1', 'net-2': '10.0.0.2', c1: '172.17.0.2', c2: '172.17.0.3' })[name] ?? (/^[\d.]+$/.test(name) ? name : undefined),
  inspect: () => undefined,
};

/** The questions; @throws where a kind has none, or cannot be asked. */
export function questions(): readonly (Sample & { readonly kind: CheckKind; readonly probe: Exclude<ReturnType<CheckKind['probe']>, { readonly notRun: string }> })[] {
  return kinds.map((kind) => {
    const sample = SAMPLES[kind.name];
    if (!sample) throw new Error(`the check "${kind.name}" has no sample of what its command says: it belongs into spec/torture/check-samples.ts`);
    const probe = kind.probe(sample.subject, facts, sample.expect ?? { is: 'works' });
    if ('notRun' in probe) throw new Error(`the sample of "${kind.name}" cannot be asked: ${probe.notRun}`);
    return { ...sample, kind, probe };
  });
}
