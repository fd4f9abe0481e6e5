/** What verify knows of the running containers: one `docker inspect` a node, kept for two seconds. */
import type { Facts } from '../model/check.js';
import type { Connections } from '../model/connections.js';
import { addressPart, type Family, familyOf } from '../model/family.js';
import { parseJson, textOf, treesOf } from '../model/foreign.js';
import type { Attachment, Container, Lab } from '../model/lab.js';
import { isTree, type Tree } from '../model/merge.js';
import { isAddress } from '../model/probe.js';

const FRESH_MS = 2000;

/** No container: no inspect. One that vanishes in between is left out, not an error. */
const GATHER = ['sh', '-c', 'ids=$(docker ps -aq --no-trunc) || exit; [ -z "$ids" ] || docker inspect --type container $ids'];

interface Snapshot {
  readonly at: number;
  /** By name, as `docker inspect` says it. */
  readonly containers: ReadonlyMap<string, Tree>;
  /** Why nothing is known; undefined where all is. */
  readonly trouble: string | undefined;
}

export class LabFacts implements Facts {
  private readonly snapshots = new Map<string, Snapshot>();
  private readonly gathering = new Map<string, Promise<boolean>>();

  constructor(
    readonly lab: Lab,
    private readonly connections: Connections,
    private readonly now: () => number,
  ) {}

  /**
   * Reads the nodes' containers anew, unless that was done within the last two seconds. Returns the milliseconds lost
   * to a dockerd that did not answer in time, as one that still starts its containers after a boot. Throws NodeUnreachable.
   */
  async refresh(nodes: Iterable<string>): Promise<number> {
    return Math.max(0, ...(await Promise.all([...nodes].map((node) => this.refreshNode(node)))));
  }

  /** Why a node's containers are not known. */
  trouble(nodes: Iterable<string>): string | undefined {
    for (const node of nodes) {
      const trouble = this.snapshots.get(node)?.trouble;
      if (trouble !== undefined) return `Docker on ${node} did not answer: ${trouble}`;
    }
    return undefined;
  }

  nodeOf(name: string): string {
    return this.container(name)?.node ?? name;
  }

  pid(container: string): number {
    const state = partOf(this.inspected(container), 'State');
    return state['Running'] === true && Number.isSafeInteger(state['Pid']) ? Number(state['Pid']) : 0;
  }

  inspect(container: string): unknown {
    return this.inspected(container);
  }

  address(name: string, from?: string, family: Family = 4): string | undefined {
    if (isAddress(name)) return name;
    const container = this.container(name);
    return container === undefined ? this.nodeAddress(name, from, family) : this.containerAddress(container, from, family, 4);
  }

  private nodeAddress(name: string, from: string | undefined, family: Family): string | undefined {
    const has = (attachment: Attachment | undefined): string | undefined => (family === 4 ? attachment?.address : attachment?.address6);
    const attachments = this.lab.nodes.find((node) => node.name === name)?.attachments ?? [];
    const viewer = from === undefined ? undefined : this.lab.nodes.find((node) => node.name === this.nodeOf(from));
    const shared = attachments.find((one) => has(one) !== undefined && viewer?.attachments.some((other) => other.network === one.network));
    return has(shared ?? attachments.find((one) => has(one) !== undefined));
  }

  /** `depth` ends a ring of containers that share each other's network. */
  private containerAddress(container: Container, from: string | undefined, family: Family, depth: number): string | undefined {
    if (container.network === 'host') return this.nodeAddress(container.node, from, family);
    const shares = /^container:(.+)$/.exec(container.network)?.[1];
    if (shares !== undefined) {
      const other = this.container(shares);
      return other && depth > 0 ? this.containerAddress(other, from, family, depth - 1) : undefined;
    }
    const settings = partOf(this.inspected(container.name), 'NetworkSettings');
    const networks = partOf(settings, 'Networks');
    const viewer = from === undefined ? undefined : this.container(from);
    const common = viewer?.node === container.node ? Object.keys(partOf(partOf(this.inspected(viewer.name), 'NetworkSettings'), 'Networks')) : [];
    const key = family === 4 ? 'IPAddress' : 'GlobalIPv6Address';
    const address = (network: string): string | undefined => textOf(partOf(networks, network)[key]);
    // Docker knows nothing of what was plugged in beside it; where both ends share a bridge, that is the short way.
    const pipes = this.lab.pipework.filter((pipe) => pipe.container === container.name);
    const shared = pipes.filter((pipe) => this.lab.pipework.some((other) => other.container === viewer?.name && other.node === pipe.node && other.bridge === pipe.bridge));
    const plugged = [...shared, ...pipes].map((pipe) => addressPart(pipe.address));
    const near = [...common.map(address), ...plugged.slice(0, shared.length)];
    return [...near, ...[container.network, ...Object.keys(networks)].map(address), textOf(settings[key]), ...plugged].find((address) => address !== undefined && isAddress(address) && familyOf(address) === family);
  }

  private container(name: string): Container | undefined {
    return this.lab.containers.find((container) => container.name === name);
  }

  private inspected(name: string): Tree | undefined {
    return this.snapshots.get(this.nodeOf(name))?.containers.get(name);
  }

  private refreshNode(node: string): Promise<number> {
    const known = this.snapshots.get(node);
    if (known && this.now() - known.at < FRESH_MS) return Promise.resolve(0);
    if (this.lab.nodes.find((each) => each.name === node)?.docker !== true) return Promise.resolve(0);
    const asked = this.now();
    const running = this.gathering.get(node) ?? this.gather(node).finally(() => this.gathering.delete(node));
    this.gathering.set(node, running);
    return running.then((answered) => (answered ? 0 : this.now() - asked));
  }

  /** Whether dockerd answered in time. */
  private async gather(node: string): Promise<boolean> {
    const result = await this.connections.run(node, GATHER, { timeoutMs: 30_000 });
    const found = treesOf(parseJson(result.stdout.trim() || '[]'));
    const containers = new Map((found ?? []).map((each) => [(textOf(each['Name']) ?? '').replace(/^\//, ''), each]));
    let trouble = found ? undefined : 'its answer could not be read';
    if (result.code !== 0 && containers.size === 0 && !/no such (container|object)/i.test(result.stderr)) {
      trouble = result.stderr.trim().split('\n').at(-1) || (result.code === undefined ? 'no end after 30 s' : `exit ${result.code}`);
    }
    const answered = result.code !== undefined;
    // What is not known is not fresh.
    this.snapshots.set(node, { at: answered ? this.now() : -Infinity, containers, trouble });
    return answered;
  }
}

/** A map within a map; empty where there is none. */
function partOf(tree: Tree | undefined, key: string): Tree {
  const part = tree && Object.hasOwn(tree, key) ? tree[key] : undefined;
  return isTree(part) ? part : {};
}
