/** A lab of two nodes, a clock that only sleep moves, and nodes that answer what a test tells them. */
import type { Check, CheckKind, CommandResult, Expectation, Reading } from '../../generator/model/check.js';
import type { Connections } from '../../generator/model/connections.js';
import type { Container, Lab, Pipework, Swarm } from '../../generator/model/lab.js';

export const container = (name: string, node: string, network = 'bridge'): Container => ({ name, group: name, node, image: 'toolbox', command: undefined, env: [], hostname: undefined, network, links: [], aliases: [], expose: [], ports: [] });

export const pipe = (container: string, node: string, address: string, more: Partial<Pipework> = {}): Pipework => ({ container, node, bridge: 'br0', bridgeKind: 'linux', interface: 'eth1', port: `pw-${container}`, address, gateway: undefined, mac: '02:42:0a:09:00:01', vlan: undefined, ...more });

export function labOf(containers: readonly Container[] = [], pipework: readonly Pipework[] = []): Lab {
  const node = (name: string, addresses: Readonly<Record<string, string>>) => ({
    name, group: name, attachments: Object.entries(addresses).map(([network, address]) => ({ network, address, prefix: 24 })), docker: true,
    dockerPackage: 'distribution', dockerBridge: 'docker0', memory: 1024, cpus: 1,
  });
  return {
    name: 'gre', title: '', summary: '', stage: 'open', stages: [], networks: [], images: [], artifacts: [], artifactUses: [], flannelNodes: [], weaveRouters: [], weaveLeavers: [], links: [], removals: [], routes: [], rules: [], sysctls: [], daemonFlags: [], daemonVariables: [], containerNetworks: [], containerNetworks6: [], dockerNetworks: [], swarms: [], imageUses: [], sweeps: [], modules: [], packages: [], steps: [], breaks: [], handout: [], secrets: [], checks: [],
    nodes: [node('net-1', { lan: '10.0.0.1', dmz: '10.1.0.1' }), node('net-2', { dmz: '10.1.0.2', lan: '10.0.0.2' }), node('net-3', { dmz: '10.1.0.3' })],
    containers,
    pipework,
  } as unknown as Lab;
}

/** The first node rules, the others work; five tasks of my-nginx. */
export const swarmOf = (...nodes: readonly string[]): Swarm => ({
  members: nodes.map((node, index) => ({ node, address: `10.1.0.${index + 1}`, role: index === 0 ? 'manager' : 'worker', availability: 'active' })),
  addressPool: '10.20.0.0/16', networks: [],
  services: [{ name: 'my-nginx', image: 'toolbox', command: undefined, replicas: 5, publish: [], networks: [], env: [], constraints: [], endpoint: 'vip' }],
});

export class Clock {
  time = 0;
  readonly now = (): number => this.time;
  readonly sleep = async (milliseconds: number): Promise<void> => {
    this.time += milliseconds;
    await Promise.resolve();
  };
}

export type Answer = (node: string, argv: readonly string[]) => CommandResult | Promise<CommandResult>;
export const said = (stdout: string, code: number | undefined = 0, stderr = ''): CommandResult => ({ code, stdout, stderr });

export class FakeNodes implements Connections {
  readonly asked: string[] = [];
  constructor(private readonly answer: Answer) {}

  async run(node: string, argv: readonly string[]): Promise<CommandResult> {
    this.asked.push(`${node}: ${argv.join(' ')}`);
    return this.answer(node, argv);
  }
  async observe(node: string, argv: readonly string[]) {
    this.asked.push(`${node} observes: ${argv.join(' ')}`);
    const result = await this.answer(node, argv);
    return { ready: result.code !== 9, ended: Promise.resolve(result), stop: () => {} };
  }
  async close(): Promise<void> {}
}

/** A kind whose readings a test dictates: the word a node prints is the state. */
export const wordKind = (more: Partial<CheckKind> = {}): CheckKind => ({
  name: 'word', schema: () => ({}), references: {}, expects: { unreachable: true, values: ['string'], patterns: true },
  describe: () => 'word',
  probe: (subject) => ({
    command: { node: String(subject['node'] ?? 'net-1'), argv: ['say', 'it'] },
    read: (result): Reading => ({ state: result.stdout as 'works', seen: `said ${result.stdout}` }),
  }),
  mutation: () => undefined,
  ...more,
});

export const check = (expect: Expectation = { is: 'works' }, within = 0, subject: Check['subject'] = { node: 'net-1' }, kind = 'word'): Check => ({ id: `${kind} ${String(subject['node'])}`, kind, subject, expect, within, why: 'because', from: 'lab' });
