/** Nodes as network namespaces with a /run of their own, joined by cables: rendered scripts run here for real. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import assert from 'node:assert/strict';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class NodeWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'labgen-nodes-'));
  private readonly pids = new Map<string, number>();
  private readonly processes: ChildProcess[] = [];

  /** A node: its own network, mounts, /run and /sys. */
  async add(name: string): Promise<void> {
    // The last line tells that everything before it is done. No IPv6: its addresses come and change by themselves.
    const child = spawn('unshare', ['--net', '--mount', '--propagation', 'private', 'sh', '-c', 'mount -t tmpfs tmpfs /run && mount -t sysfs sysfs /sys && sysctl -qew net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 && ip link set lo up && echo ready && exec sleep 600'], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.processes.push(child);
    await new Promise<void>((done, fail) => {
      child.stdout.once('data', () => done());
      child.once('exit', (code) => fail(new Error(`no namespace for ${name} (exit ${code}): these specs need root`)));
      child.once('error', fail);
    });
    this.pids.set(name, child.pid ?? 0);
  }

  /** A cable with an interface of the given name and address at each end. */
  cable(a: string, nameA: string, cidrA: string, b: string, nameB: string, cidrB: string): void {
    this.check(spawnSync('ip', ['link', 'add', nameA, 'netns', this.pid(a), 'type', 'veth', 'peer', 'name', nameB, 'netns', this.pid(b)], { encoding: 'utf8' }));
    for (const [node, name, cidr] of [[a, nameA, cidrA], [b, nameB, cidrB]] as const) {
      this.must(node, 'ip', 'address', 'add', cidr, 'dev', name);
      this.must(node, 'ip', 'link', 'set', name, 'up');
    }
  }

  /** Puts a script or program into the world's folder. */
  put(path: string, content: string): string {
    const full = join(this.folder, path);
    mkdirSync(join(full, '..'), { recursive: true });
    writeFileSync(full, content);
    chmodSync(full, 0o755);
    return full;
  }

  run(node: string, ...argv: readonly string[]): Ran {
    const { status, stdout, stderr } = spawnSync('nsenter', this.inside(node, argv), { encoding: 'utf8', timeout: 30_000 });
    return { code: status, stdout, stderr };
  }

  must(node: string, ...argv: readonly string[]): string {
    const ran = this.run(node, ...argv);
    assert.equal(ran.code, 0, `${node}: ${argv.join(' ')}: ${ran.stderr}`);
    return ran.stdout;
  }

  /** Starts something that goes on; ended by `end`. */
  start(node: string, ...argv: readonly string[]): ChildProcess {
    const child = spawn('nsenter', this.inside(node, argv), { stdio: 'ignore', detached: true });
    this.processes.push(child);
    return child;
  }

  /** The name of what a started program is running just now; empty where it is nothing. */
  childOf({ pid }: ChildProcess): string {
    try {
      const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
      return readFileSync(`/proc/${child}/comm`, 'utf8').trim();
    } catch {
      return '';
    }
  }

  /** What a TCP client hears: the first line, `refused`, or how it ended otherwise. Patient: a slow machine is no firewall. */
  tcp(from: string, address: string, port: number, patience = 10): string {
    const { stdout, stderr } = this.run(from, 'socat', '-T', String(patience), '-', `TCP:${address}:${port},connect-timeout=${patience}`);
    return stdout.trim() || (/refused/i.test(stderr) ? 'refused' : /timed? ?out/i.test(stderr) ? 'timeout' : /prohibited|unreachable|no route/i.test(stderr) ? 'unreachable' : `nothing ${stderr}`.trim());
  }

  /** Whether nothing at all comes back. Use it beside a `tcp` on the same way that answers, or it proves little. */
  silent(from: string, address: string, port: number): boolean {
    return this.tcp(from, address, port, 0.4) === 'timeout';
  }

  /** A TCP server that tells each client the address it sees; with 6, of either family. */
  async serve(node: string, port: number, family: 4 | 6 = 4): Promise<void> {
    this.start(node, 'socat', `TCP${family === 6 ? '6' : ''}-LISTEN:${port},fork,reuseaddr${family === 6 ? ',ipv6only=0' : ''}`, 'SYSTEM:echo $SOCAT_PEERADDR');
    for (let tries = 0; tries < 100; tries++) {
      if (this.run(node, 'ss', '-Hltn', `sport = :${port}`).stdout.trim() !== '') return;
      await sleep(50);
    }
    assert.fail(`${node} does not listen on ${port}`);
  }

  /** Whether an echo request is answered; goes on asking until it is. */
  pings(from: string, address: string, ...more: readonly string[]): boolean {
    return this.run(from, 'ping', '-c', '1', '-i', '0.2', '-w', '10', ...more, address).code === 0;
  }

  /** Whether none of two is. */
  unanswered(from: string, address: string, ...more: readonly string[]): boolean {
    return this.run(from, 'ping', '-c', '2', '-i', '0.2', '-W', '0.4', ...more, address).code === 1;
  }

  end(): void {
    for (const child of this.processes) {
      if (child.pid === undefined || child.exitCode !== null) continue;
      try {
        process.kill(child.spawnargs[0] === 'nsenter' ? -child.pid : child.pid, 'SIGKILL');
      } catch {
        // It is gone.
      }
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private pid(node: string): string {
    return String(this.pids.get(node) ?? assert.fail(`no node ${node}`));
  }

  private inside(node: string, argv: readonly string[]): string[] {
    return ['-t', this.pid(node), '--net', '--mount', ...argv];
  }

  private check(result: { status: number | null; stderr: string }): void {
    assert.equal(result.status, 0, result.stderr);
  }
}
