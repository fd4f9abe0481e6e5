/** Links made slow and lossy, as `ping` of a neighbour sees it: checks pass over a slow link, too. */
import type { Connections } from '../../generator/model/connections.js';
import type { Attachment, Lab, Node } from '../../generator/model/lab.js';

const PINGS = 50;

export interface LinkTrouble {
  readonly words: readonly string[];
  /** What `ping` says now. */
  readonly ask: (connections: Connections) => Promise<Pinged>;
  /** In words, where the link is as troubled as it was told to be. */
  readonly tells: (seen: Pinged) => string | undefined;
}

export interface Pinged {
  /** Milliseconds, of the quickest answer; undefined where none came. */
  readonly quickest: number | undefined;
  /** Percent. */
  readonly lost: number;
}

/** iputils: `50 packets transmitted, 41 received, 18% packet loss, time 5100ms` and `rtt min/avg/max/mdev = 100.2/…`. */
export function readPing(stdout: string): Pinged {
  const lost = /([\d.]+)% packet loss/.exec(stdout)?.[1];
  const quickest = /^(?:rtt|round-trip) [^=]*= ([\d.]+)\//m.exec(stdout)?.[1];
  if (lost === undefined) throw new Error(`ping says: ${stdout.trim()}`);
  return { lost: Number(lost), quickest: quickest === undefined ? undefined : Number(quickest) };
}

/** Of the first node that has a neighbour. */
export function linkTroubles(lab: Lab): readonly LinkTrouble[] {
  const found = firstLink(lab);
  if (!found) return [];
  const { node, at, neighbour } = found;
  const words = (...some: readonly string[]): readonly string[] => (node.attachments.length === 1 ? some : [...some, '--network', at.network]);
  const ask = async (connections: Connections): Promise<Pinged> => readPing((await connections.run(neighbour.name, ['ping', '-n', '-q', '-c', String(PINGS), '-i', '0.2', '-W', '2', at.address])).stdout);
  return [
    { words: words('delay', node.name, '100ms'), ask, tells: ({ quickest }) => (quickest !== undefined && quickest >= 100 ? `the quickest of ${PINGS} pings took ${quickest} ms` : undefined) },
    // Of 50 with 20 %, 1 to 24 are lost in all but one of ten thousand runs.
    { words: words('loss', node.name, '20%'), ask, tells: ({ lost }) => (lost >= 2 && lost <= 48 ? `${lost} % of ${PINGS} pings were lost` : undefined) },
    { words: words('loss', node.name, '100%'), ask, tells: ({ lost }) => (lost === 100 ? `all of ${PINGS} pings were lost` : undefined) },
  ];
}

function firstLink(lab: Lab): { readonly node: Node; readonly at: Attachment; readonly neighbour: Node } | undefined {
  for (const node of lab.nodes) {
    for (const at of node.attachments) {
      const neighbour = lab.nodes.find((other) => other !== node && other.attachments.some((each) => each.network === at.network));
      if (neighbour) return { node, at, neighbour };
    }
  }
  return undefined;
}
