/** A small real world in network namespaces: two nodes, a container behind the first, services on the second. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Check, CommandResult, Expectation, Facts, Subject } from '../../generator/model/check.js';
import type { Connections } from '../../generator/model/connections.js';
import type { Lab } from '../../generator/model/lab.js';

export const ADDRESS = { 'net-1': '10.77.0.1', 'net-2': '10.77.0.2', c1: '172.20.1.2' } as const;
export const ADDRESS6 = { 'net-1': 'fd77::1', 'net-2': 'fd77::2', c1: 'fd20:1::2' } as const;
export const TUNNEL_MTU = 1400;

/** socat would fork a process for every sender, and they outlive it. */
const ECHO = `import socket
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("", 7))
while True:
    text, peer = udp.recvfrom(65535)
    udp.sendto(text, peer)`;

export function sh(argv: readonly string[]): string {
  const [program = '', ...args] = argv;
  const result = spawnSync(program, args, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${argv.join(' ')}: ${result.stderr || result.error}`);
  return result.stdout;
}

export class World {
  private readonly processes: ChildProcess[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), 'labgen-net-'));
  private readonly id = `lgn${process.pid}`;
  private pid = 0;

  space(name: string): string {
    return `${this.id}-${name}`;
  }

  in(name: string, ...argv: string[]): string {
    return sh(['ip', 'netns', 'exec', this.space(name), ...argv]);
  }

  /** net-1 — net-2 by a link of MTU 1400; c1 behind net-1; net-2 serves HTTP 8080, UDP echo 7, a silent UDP 9. */
  async start(): Promise<void> {
    for (const name of ['net-1', 'net-2', 'c1']) {
      sh(['ip', 'netns', 'add', this.space(name)]);
      this.in(name, 'ip', 'link', 'set', 'lo', 'up');
    }
    this.link('net-1', 'up0', 'net-2', 'up0');
    this.link('net-1', 'docker0', 'c1', 'eth0');
    this.in('net-1', 'ip', 'addr', 'add', '10.77.0.1/24', 'dev', 'up0');
    this.in('net-2', 'ip', 'addr', 'add', '10.77.0.2/24', 'dev', 'up0');
    for (const name of ['net-1', 'net-2']) this.in(name, 'ip', 'link', 'set', 'up0', 'mtu', String(TUNNEL_MTU));
    this.in('net-1', 'ip', 'addr', 'add', '172.20.1.1/24', 'dev', 'docker0');
    this.in('c1', 'ip', 'addr', 'add', '172.20.1.2/24', 'dev', 'eth0');
    this.in('c1', 'ip', 'route', 'add', 'default', 'via', '172.20.1.1');
    this.in('net-1', 'sysctl', '-q', '-w', 'net.ipv4.ip_forward=1');
    this.in('net-2', 'ip', 'route', 'add', '172.20.1.0/24', 'via', '10.77.0.1');
    this.start6();
    writeFileSync(join(this.folder, 'index.html'), 'hello from net-2\n');
    this.pid = this.background('c1', 'sleep', '3600').pid ?? 0;
    this.background('net-2', 'python3', '-m', 'http.server', '8080', '--bind', '10.77.0.2', '--directory', this.folder);
    this.background('net-2', 'python3', '-m', 'http.server', '8086', '--bind', ADDRESS6['net-2'], '--directory', this.folder);
    this.background('net-2', 'python3', '-c', ECHO);
    this.background('net-2', 'python3', '-c', ECHO.replace('AF_INET', 'AF_INET6').replace('("", 7)', '("fd77::2", 17)'));
    this.background('net-2', 'socat', '-u', 'UDP4-RECV:9', 'OPEN:/dev/null');
    for (let i = 0; i < 100 && !this.listens(); i++) await sleep(100);
  }

  /** The same in the other family; HTTP on 8086, UDP echo on 17. */
  private start6(): void {
    const give = (name: string, dev: string, address: string): string => this.in(name, 'ip', '-6', 'address', 'add', `${address}/64`, 'dev', dev, 'nodad');
    give('net-1', 'up0', ADDRESS6['net-1']);
    give('net-2', 'up0', ADDRESS6['net-2']);
    give('net-1', 'docker0', 'fd20:1::1');
    give('c1', 'eth0', ADDRESS6.c1);
    this.in('net-1', 'sysctl', '-q', '-w', 'net.ipv6.conf.all.forwarding=1');
    this.in('c1', 'ip', 'route', 'add', '::/0', 'via', 'fd20:1::1');
    this.in('net-2', 'ip', 'route', 'add', 'fd20:1::/64', 'via', ADDRESS6['net-1']);
  }

  private link(a: string, nameA: string, b: string, nameB: string): void {
    sh(['ip', 'link', 'add', nameA, 'netns', this.space(a), 'type', 'veth', 'peer', 'name', nameB, 'netns', this.space(b)]);
    this.in(a, 'ip', 'link', 'set', nameA, 'up');
    this.in(b, 'ip', 'link', 'set', nameB, 'up');
  }

  private background(name: string, ...argv: string[]): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', this.space(name), ...argv], { stdio: 'ignore' });
    this.processes.push(child);
    return child;
  }

  private listens(): boolean {
    const sockets = this.in('net-2', 'cat', '/proc/net/tcp', '/proc/net/udp', '/proc/net/tcp6', '/proc/net/udp6');
    return [':1F90 ', ':0007 ', ':0009 ', ':1F96 ', ':0011 '].every((port) => sockets.includes(port));
  }

  async stop(): Promise<void> {
    for (const child of this.processes) child.kill('SIGTERM');
    await Promise.all(this.processes.filter((child) => child.exitCode === null && child.signalCode === null).map(async (child) => new Promise((done) => child.once('exit', done))));
    for (const name of ['net-1', 'net-2', 'c1']) spawnSync('ip', ['netns', 'del', this.space(name)]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  readonly lab: Lab = {
    name: 'world', title: '', summary: '', stage: undefined, stages: [],
    networks: [{ name: 'underlay', subnet: '10.77.0.0/24', subnet6: 'fd77::/64' }],
    nodes: (['net-1', 'net-2'] as const).map((name) => ({
      name, group: name, attachments: [{ network: 'underlay', address: ADDRESS[name], prefix: 24, address6: ADDRESS6[name], prefix6: 64 }],
      docker: name === 'net-1', dockerPackage: undefined, dockerBridge: 'docker0', memory: 512, cpus: 1,
    })),
    containers: [{ name: 'c1', group: 'c1', node: 'net-1', image: 'toolbox', command: undefined, env: [], hostname: undefined, network: 'bridge', links: [], aliases: [], expose: [], ports: [] }],
    images: [], artifacts: [], artifactUses: [], flannelNodes: [], weaveRouters: [], weaveLeavers: [], links: [], removals: [], pipework: [],
    routes: [{ node: 'net-2', to: '172.20.1.0/24', via: '10.77.0.1', dev: undefined, source: undefined, why: '' }, { node: 'net-2', to: 'fd20:1::/64', via: 'fd77::1', dev: undefined, source: undefined, why: '' }],
    rules: [], sysctls: [], daemonFlags: [], daemonVariables: [], containerNetworks: [], containerNetworks6: [], dockerNetworks: [], swarms: [], imageUses: [], sweeps: [], modules: [], packages: [], steps: [], breaks: [], handout: [], secrets: [], checks: [],
  };

  /** The nodes are namespaces; `docker` is answered here, since there is none in them. */
  readonly connections: Connections = {
    run: async (node, argv) => {
      if (argv.some((each) => each.includes('docker ps'))) {
        const c1 = { Name: '/c1', State: { Running: true, Pid: this.pid }, NetworkSettings: { Networks: { bridge: { IPAddress: ADDRESS.c1, GlobalIPv6Address: ADDRESS6.c1 } } } };
        return { code: 0, stdout: JSON.stringify([c1]), stderr: '' };
      }
      return this.collect(this.spawnOn(node, argv)).ended;
    },
    observe: async (node, argv) => {
      const child = this.spawnOn(node, argv);
      const { ended, ready } = this.collect(child);
      return { ready: await Promise.race([ready, ended.then(() => false)]), ended, stop: () => void child.kill() };
    },
    close: async () => {},
  };

  private spawnOn(node: string, argv: readonly string[]): ChildProcess {
    return spawn('ip', ['netns', 'exec', this.space(node), 'env', 'LC_ALL=C', ...argv]);
  }

  private collect(child: ChildProcess): { ended: Promise<CommandResult>; ready: Promise<boolean> } {
    let stdout = '';
    let stderr = '';
    let isReady: (value: boolean) => void = () => {};
    const ready = new Promise<boolean>((resolve) => (isReady = resolve));
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (/^ready$/m.test(stdout)) isReady(true);
    });
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = new Promise<CommandResult>((resolve) => child.once('close', (code) => resolve({ code: code ?? undefined, stdout, stderr })));
    return { ended, ready };
  }

  readonly facts: Facts = {
    lab: this.lab,
    nodeOf: (name) => (name === 'c1' ? 'net-1' : name),
    pid: (name) => (name === 'c1' ? this.pid : 0),
    address: (name) => (ADDRESS as Record<string, string>)[name] ?? (/^[\d.]+$/.test(name) ? name : undefined),
    inspect: () => undefined,
  };
}

export function checkOf(kind: string, subject: Subject, expect: Expectation = { is: 'works' }, within = 0): Check {
  return { id: `${kind} ${JSON.stringify(subject)}`, kind, subject, expect, within, why: '', from: 'lab' };
}
